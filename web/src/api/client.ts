/**
 * One function per question the dashboard asks. Every failure is a `Problem`.
 *
 * The session is an HttpOnly cookie, so no token is kept where a script could read it.
 */
import { Problem, problemOf } from './problem.ts';
import type { Camera, LiveMessage, Place, Realtime, Session } from './types.ts';

async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const request: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json' },
  };
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers = { accept: 'application/json', 'content-type': 'application/json' };
  }
  if (signal) request.signal = signal;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, request);
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Problem(0, failure instanceof Error ? failure.message : String(failure));
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

const part = encodeURIComponent;

export const api = {
  session: (signal?: AbortSignal) => ask<Session>('GET', '/session', undefined, signal),
  signIn: (name: string, password: string) => ask<Session>('POST', '/session', { name, password }),
  signInByLink: (token: string) => ask<Session>('POST', '/session/link', { token }),
  signOut: () => ask<void>('DELETE', '/session'),

  setupNeeded: () => ask<{ needed: boolean }>('GET', '/setup'),
  setUp: (token: string, name: string, password: string) =>
    ask<Session>('POST', '/setup', { token, name, password }),

  places: (signal?: AbortSignal) => ask<{ places: Place[] }>('GET', '/places', undefined, signal),
  cameras: (signal?: AbortSignal) => ask<{ cameras: Camera[] }>('GET', '/cameras', undefined, signal),
  placeRealtime: (placeId: string, signal?: AbortSignal) =>
    ask<Realtime>('GET', `/analytics/places/${part(placeId)}/realtime?timeRange=30m`, undefined, signal),
  cameraRealtime: (cameraId: string, signal?: AbortSignal) =>
    ask<Realtime>('GET', `/analytics/realtime/${part(cameraId)}?timeRange=30m`, undefined, signal),

  liveTicket: () => ask<{ ticket: string; expiresInSeconds: number }>('POST', '/live/ticket'),
  liveSnapshot: () => ask<LiveMessage>('GET', '/live/snapshot'),
};
