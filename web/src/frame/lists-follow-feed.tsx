/**
 * Asks for the lists of places and cameras again when the live feed shows that they changed: after every change of the
 * hierarchy the server sends a snapshot, and a camera or place that is not in a list is named by its first delta.
 */
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { camerasQuery, placesQuery } from '../api/queries.ts';
import { useLive } from '../live/live.tsx';
import { unlistedCameras, unlistedPlaces } from '../live/unlisted.ts';

const CADENCE_MS = 1_000;

export function ListsFollowFeed() {
  const live = useLive(CADENCE_MS);
  const { epoch } = live;
  const queries = useQueryClient();
  const epochBefore = useRef(epoch);
  const askedFor = useRef(new Set<string>());

  useEffect(() => {
    // The first snapshot comes while the lists of a page just opened are under way.
    const changed = epochBefore.current > 0 && epochBefore.current !== epoch;
    epochBefore.current = epoch;
    const ask = (queryKey: QueryKey, unlisted: string[]) => {
      const names = unlisted.map((id) => `${queryKey} ${id}`);
      // What the list still does not have after it was asked for its sake is not for us: once is enough.
      if (changed || names.some((name) => !askedFor.current.has(name)))
        void queries.invalidateQueries({ queryKey });
      return names;
    };
    const places = queries.getQueryData(placesQuery.queryKey);
    const cameras = queries.getQueryData(camerasQuery.queryKey);
    askedFor.current = new Set([
      ...ask(placesQuery.queryKey, places ? unlistedPlaces(live, places) : []),
      ...ask(camerasQuery.queryKey, cameras ? unlistedCameras(live, cameras) : []),
    ]);
  }, [live, epoch, queries]);

  return null;
}
