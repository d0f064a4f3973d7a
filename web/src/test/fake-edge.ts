/** A world for `LiveConnection` in which time stands still until the test lets it pass. */
import { Problem } from '../api/problem.ts';
import type { LiveMessage } from '../api/types.ts';
import type { Edge, Socket } from '../live/connection.ts';
import { snapshotOf } from './samples.ts';

export class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  closed = false;
  readonly ticket: string;
  readonly since: number | null;

  constructor(ticket: string, since: number | null) {
    this.ticket = ticket;
    this.since = since;
  }

  close(): void {
    this.closed = true;
  }

  says(message: LiveMessage | string): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  drops(code = 1006): void {
    this.closed = true;
    this.onclose?.({ code });
  }
}

export class FakeEdge implements Edge {
  time = 0;
  reachable = true;
  /** Whether requests get no answer at all, not even that they failed, until they are given up. */
  swallowing = false;
  signedIn = true;
  /** Seconds after which the server asks to come back, while it has no room. */
  full: number | null = null;
  tickets = 0;
  polls = 0;
  readonly sockets: FakeSocket[] = [];
  #timers: { at: number; then: () => void }[] = [];

  now = () => this.time;
  chance = () => 1;

  after = (ms: number, then: () => void) => {
    const timer = { at: this.time + ms, then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };

  ticket = async (signal: AbortSignal) => {
    await this.#swallowed(signal);
    this.#check();
    this.tickets += 1;
    return `ticket ${this.tickets}`;
  };

  snapshot = async (signal: AbortSignal) => {
    await this.#swallowed(signal);
    this.#check();
    this.polls += 1;
    return snapshotOf({ seq: 1_000 + this.polls });
  };

  open = (ticket: string, since: number | null) => {
    const socket = new FakeSocket(ticket, since);
    this.sockets.push(socket);
    return socket;
  };

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  /** Lets time pass, running what falls due in order, and lets promises settle in between. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.time = Math.max(this.time, due.at);
      due.then();
      await settle();
    }
    this.time = end;
  }

  async #swallowed(signal: AbortSignal): Promise<void> {
    if (!this.swallowing) return;
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }

  #check(): void {
    if (!this.reachable) throw new Problem(0, 'failed to fetch');
    if (!this.signedIn) throw new Problem(401, 'the session has ended', { code: 'session_ended' });
    if (this.full !== null) {
      throw new Problem(429, 'too many', { code: 'rate_limited', retryAfter: this.full });
    }
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
