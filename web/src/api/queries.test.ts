import { QueryObserver } from '@tanstack/react-query';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { filled } from './client.ts';
import { Problem, problemOf } from './problem.ts';
import { camerasQuery, endsLongAgo, makeQueryClient, placeRealtimeQuery, placesQuery } from './queries.ts';

const minutes = (...values: (number | null)[]) => ({
  timestamp: '2026-11-14T11:30:30Z',
  trends: {
    timestamps: values.map((_, index) =>
      new Date(Date.UTC(2026, 10, 14, 11, 31 - values.length + index)).toISOString(),
    ),
    occupancy: values,
    count: values,
    coverage: values.map(() => 1),
  },
});

describe('endsLongAgo', () => {
  it('is false for a history that reaches the present', () => {
    expect(endsLongAgo(minutes(1, 2, 3, 4))).toBe(false);
    expect(endsLongAgo(minutes(1, 2, 3, null))).toBe(false);
  });

  it('is true while the last minutes are still missing, and when all are', () => {
    expect(endsLongAgo(minutes(1, null, null, null))).toBe(true);
    expect(endsLongAgo(minutes(null, null))).toBe(true);
  });

  it('is false where nobody measures an inside and people are counted up to the present', () => {
    const { timestamp, trends } = minutes(1, 2, 3);
    expect(endsLongAgo({ timestamp, trends: { ...trends, occupancy: [null, null, null] } })).toBe(false);
  });

  it('is false as long as there is no answer', () => {
    expect(endsLongAgo(undefined)).toBe(false);
  });
});

describe('a screen that is left open', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('asks for each list a dozen times an hour: every question is an entry in the audit log', async () => {
    vi.useFakeTimers();
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (address: string) => {
      asked.push(address);
      return new Response(JSON.stringify({ places: [], cameras: [] }));
    });
    const queries = makeQueryClient();
    const stops = [
      new QueryObserver(queries, placesQuery).subscribe(() => {}),
      new QueryObserver(queries, camerasQuery).subscribe(() => {}),
    ];
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    for (const stop of stops) stop();
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.length).toBeLessThanOrEqual(2 * 13);
  });

  it.each([
    [true, 'every 5 s while a server with a backlog catches up', 720],
    [false, 'once a minute where nobody looks, the whole night', 60],
  ])('asks for a past that ends long ago (watched: %s) %s', async (watched, _, times) => {
    vi.useFakeTimers();
    const asked = vi.fn(async () => new Response(JSON.stringify(minutes(1, null, null, null, null))));
    vi.stubGlobal('fetch', asked);
    const observer = new QueryObserver(makeQueryClient(), placeRealtimeQuery('tower', 1, watched));
    const stop = observer.subscribe(() => {});
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    stop();
    expect(Math.abs(asked.mock.calls.length - times)).toBeLessThanOrEqual(1);
  });
});

describe('asking again', () => {
  const waitAfter = (retryAfter: number | null, failures = 0) => {
    const { retryDelay } = makeQueryClient().getDefaultOptions().queries ?? {};
    const problem = new Problem(429, 'too many', { retryAfter });
    return typeof retryDelay === 'function' ? retryDelay(failures, problem) : retryDelay;
  };

  it('waits a second, then two, and as long as the server asks for', () => {
    expect([waitAfter(null, 0), waitAfter(null, 1), waitAfter(30, 1)]).toEqual([1_000, 2_000, 30_000]);
  });

  it('waits a minute at most: a card that waits for an hour cannot be told to try again', () => {
    expect(waitAfter(3_600)).toBe(60_000);
  });
});

describe('filled', () => {
  it('puts parameters in their places, and nothing else gets out of them', () => {
    expect(
      filled('/api/v1/analytics/places/{placeId}/realtime', {
        path: { placeId: 'a/../b?c#d' },
        query: { timeRange: '30m' },
      }),
    ).toBe('/api/v1/analytics/places/a%2F..%2Fb%3Fc%23d/realtime?timeRange=30m');
    expect(filled('/api/v1/places', {})).toBe('/api/v1/places');
  });
});

describe('problemOf', () => {
  const answer = (body: string, headers: Record<string, string>) =>
    problemOf(new Response(body, { status: 429, statusText: 'Too Many Requests', headers }));

  it('reads when to come back from the document, or from the header of a proxy in between', async () => {
    const document = JSON.stringify({ code: 'rate_limited', detail: 'too many', retryAfterSeconds: 15 });
    expect(await answer(document, { 'retry-after': '15' })).toMatchObject({
      code: 'rate_limited',
      message: 'too many',
      retryAfter: 15,
    });
    expect(await answer('<html>busy</html>', { 'retry-after': '3' })).toMatchObject({
      code: null,
      retryAfter: 3,
    });
  });

  it.each(['', 'soon', '-1', 'Wed, 21 Oct 2026 07:28:00 GMT'])('makes no number of %j', async (after) => {
    expect((await answer('', after ? { 'retry-after': after } : {})).retryAfter).toBeNull();
  });
});
