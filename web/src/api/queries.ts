/** What is asked over HTTP and kept; live numbers come over the socket instead (src/live). */
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { asProblem } from './problem.ts';

const MINUTE = 60_000;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: MINUTE,
        // Asking again helps when the server or the line was busy, never when the answer was "no".
        retry: (failures, error) => {
          const { status } = asProblem(error);
          return failures < 2 && (status === 0 || status >= 500);
        },
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
});

export const camerasQuery = queryOptions({
  queryKey: ['cameras'],
  queryFn: async ({ signal }) => (await api.cameras(signal)).cameras,
  refetchInterval: MINUTE,
});

/** `epoch` counts the snapshots taken: after every break the history is asked for again, so that it has no hole. */
export const placeRealtimeQuery = (placeId: string, epoch: number) =>
  queryOptions({
    queryKey: ['realtime', 'place', placeId, epoch],
    queryFn: ({ signal }) => api.placeRealtime(placeId, signal),
    refetchInterval: MINUTE,
    placeholderData: (previous, query) => (query?.queryKey[2] === placeId ? previous : undefined),
  });

export const cameraRealtimeQuery = (cameraId: string) =>
  queryOptions({
    queryKey: ['realtime', 'camera', cameraId],
    queryFn: ({ signal }) => api.cameraRealtime(cameraId, signal),
    refetchInterval: 10_000,
    staleTime: 5_000,
  });
