/** What is asked over HTTP and kept; live numbers come over the socket instead (src/live). */
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { asProblem } from './problem.ts';
import type { Bucket, Outage, Trends } from './types.ts';

const MINUTE = 60_000;

/**
 * Every question is an entry in the audit log, and screens are left open for months. What changes is asked for when the live feed
 * says so (src/frame/lists-follow-feed.tsx); this is for what it could not say.
 */
const LISTS_EVERY_MS = 5 * MINUTE;

type PastHalfHour = { timestamp: string; trends: Trends };

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: MINUTE,
        // Asking again helps when the server or the line was busy, never when the answer was "no".
        retry: (failures, error) => {
          const { status } = asProblem(error);
          return failures < 2 && (status === 0 || status === 429 || status >= 500);
        },
        retryDelay: (failures, error) => Math.max(1_000 * 2 ** failures, asProblem(error).waitMs),
        refetchOnWindowFocus: false,
      },
    },
  });
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.session(signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const placesQuery = queryOptions({
  queryKey: ['places'],
  queryFn: async ({ signal }) => (await api.places(signal)).places,
  refetchInterval: LISTS_EVERY_MS,
});

export const camerasQuery = queryOptions({
  queryKey: ['cameras'],
  queryFn: async ({ signal }) => (await api.cameras(signal)).cameras,
  // Statuses come over the socket.
  refetchInterval: LISTS_EVERY_MS,
});

/**
 * `epoch` counts the snapshots taken: after every break the history is asked for again, so that it has no hole. `watched`: whether
 * any camera looks at the place.
 */
export const placeRealtimeQuery = (placeId: string, epoch: number, watched: boolean) =>
  queryOptions({
    queryKey: ['realtime', 'place', placeId, epoch],
    queryFn: ({ signal }) => api.placeRealtime(placeId, signal),
    // While the server catches up with a backlog, the past itself is still changing. Where nobody looks, it ends long ago for
    // good: a shop with its cameras switched off for the night is no reason to ask all night.
    refetchInterval: ({ state }) => (watched && endsLongAgo(state.data) ? 5_000 : MINUTE),
    placeholderData: (previous, query) => (query?.queryKey[2] === placeId ? previous : undefined),
  });

/** A day of a place: as a whole, by the hour and by five minutes, and when no server ran in it. */
export type DayOfPlace = { day: Bucket[]; hours: Bucket[]; fives: Bucket[]; outages: Outage[] };

/** `lasts`: whether it is not over. Of one that is, little changes any more. */
export const placeDayQuery = (
  placeId: string,
  day: string,
  range: { start: number; end: number },
  lasts: boolean,
) =>
  queryOptions({
    queryKey: ['day', placeId, day],
    queryFn: async ({ signal }): Promise<DayOfPlace> => {
      const [start, end] = [range.start, range.end].map((at) => new Date(at).toISOString());
      const of = (interval: string) =>
        api.placeHistorical(
          placeId,
          { start: start ?? '', end: end ?? '', interval, metrics: 'occupancy,count,in,out' },
          signal,
        );
      const [whole, hours, fives] = await Promise.all([of('day'), of('hour'), of('five_minutes')]);
      return { day: whole.data, hours: hours.data, fives: fives.data, outages: whole.outages };
    },
    refetchInterval: lasts ? MINUTE : false,
  });

const END_IS_RECENT_MS = 150_000;

/** By the server's clock alone: the last bucket that holds data against the time of the answer. */
export function endsLongAgo(answer: PastHalfHour | undefined): boolean {
  if (!answer) return false;
  // Where nobody measures an inside, people are counted all the same.
  const { occupancy, count } = answer.trends;
  const last = occupancy.findLastIndex((value, index) => (value ?? count[index] ?? null) !== null);
  const end = answer.trends.timestamps[last];
  return end === undefined || Date.parse(answer.timestamp) - Date.parse(end) > END_IS_RECENT_MS;
}

export const cameraRealtimeQuery = (cameraId: string) =>
  queryOptions({
    queryKey: ['realtime', 'camera', cameraId],
    queryFn: ({ signal }) => api.cameraRealtime(cameraId, signal),
    refetchInterval: 10_000,
    staleTime: 5_000,
  });
