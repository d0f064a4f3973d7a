/**
 * One function per question the dashboard asks. Every failure is a `Problem`.
 *
 * The session is an HttpOnly cookie, so no token is kept where a script could read it.
 */
import { Problem, problemOf } from './problem.ts';
import type { components, paths } from './schema';
import type { Camera, LiveMessage, Place, Session } from './types.ts';

type Asked = {
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
};

/** The address is one of the API's own, so a typing error or a moved address does not compile. */
async function ask<T>(method: string, address: keyof paths, asked: Asked = {}): Promise<T> {
  const request: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json' },
  };
  if (asked.body !== undefined) {
    request.body = JSON.stringify(asked.body);
    request.headers = { accept: 'application/json', 'content-type': 'application/json' };
  }
  if (asked.signal) request.signal = asked.signal;
  let response: Response;
  try {
    response = await fetch(filled(address, asked), request);
  } catch (failure) {
    if (asked.signal?.aborted) throw failure;
    throw new Problem(0, failure instanceof Error ? failure.message : String(failure));
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** Puts the parameters into `/places/{placeId}` and behind the question mark. */
export function filled(address: string, asked: Pick<Asked, 'path' | 'query'>): string {
  const path = address.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(asked.path?.[name] ?? ''),
  );
  const query = new URLSearchParams(asked.query).toString();
  return query === '' ? path : `${path}?${query}`;
}

type Schemas = components['schemas'];

const LAST_HALF_HOUR = { timeRange: '30m' };

export const api = {
  session: (signal?: AbortSignal) => ask<Session>('GET', '/api/v1/session', { signal }),
  signIn: (name: string, password: string) =>
    ask<Session>('POST', '/api/v1/session', { body: { name, password } satisfies Schemas['SignIn'] }),
  signInByLink: (token: string) =>
    ask<Session>('POST', '/api/v1/session/link', { body: { token } satisfies Schemas['UseLink'] }),
  signOut: () => ask<void>('DELETE', '/api/v1/session'),

  changePassword: (old: string, wanted: string) =>
    ask<Session>('PUT', '/api/v1/session/password', {
      body: { old, new: wanted } satisfies Schemas['ChangePassword'],
    }),

  setupNeeded: () => ask<Schemas['SetupState']>('GET', '/api/v1/setup'),
  setUp: (token: string, name: string, password: string) =>
    ask<Session>('POST', '/api/v1/setup', { body: { token, name, password } satisfies Schemas['SetUp'] }),

  places: (signal?: AbortSignal) => ask<{ places: Place[] }>('GET', '/api/v1/places', { signal }),
  cameras: (signal?: AbortSignal) => ask<{ cameras: Camera[] }>('GET', '/api/v1/cameras', { signal }),
  placeRealtime: (placeId: string, signal?: AbortSignal) =>
    ask<Schemas['PlaceRealtime']>('GET', '/api/v1/analytics/places/{placeId}/realtime', {
      path: { placeId },
      query: LAST_HALF_HOUR,
      signal,
    }),
  placeHistorical: (placeId: string, query: Record<string, string>, signal?: AbortSignal) =>
    ask<Schemas['PlaceHistorical']>('GET', '/api/v1/analytics/places/{placeId}/historical', {
      path: { placeId },
      query,
      signal,
    }),
  cameraRealtime: (cameraId: string, signal?: AbortSignal) =>
    ask<Schemas['CameraRealtime']>('GET', '/api/v1/analytics/realtime/{cameraId}', {
      path: { cameraId },
      query: LAST_HALF_HOUR,
      signal,
    }),

  liveTicket: (signal: AbortSignal) =>
    ask<Schemas['TicketAnswer']>('POST', '/api/v1/live/ticket', { signal }),
  liveSnapshot: (signal: AbortSignal) => ask<LiveMessage>('GET', '/api/v1/live/snapshot', { signal }),
};
