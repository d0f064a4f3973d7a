/** The real world for `LiveConnection`: the browser's clock, sockets and requests. */
import { api } from '../api/client.ts';
import type { Edge, Socket } from './connection.ts';

export const browserEdge: Edge = {
  now: () => Date.now(),
  chance: () => Math.random(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
  ticket: async (signal) => (await api.liveTicket(signal)).ticket,
  snapshot: (signal) => api.liveSnapshot(signal),
  open: (ticket, since): Socket => {
    const url = new URL('/api/v1/live', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('ticket', ticket);
    url.searchParams.set('every', '1000');
    if (since !== null) url.searchParams.set('since', String(since));
    return new WebSocket(url) as Socket;
  },
};
