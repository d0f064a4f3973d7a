import { useEffect, useMemo, useState } from 'react';
import type { PlaceNow, Trends } from '../../api/types.ts';
import { isUnwatched } from '../../kit/card-state.ts';
import { continued, followed, type Point, pointsOf } from '../../kit/series.ts';

const WINDOW_MS = 30 * 60_000;

/**
 * Every 5 s the card hands over the place as it is now and the server's time; what came since the history was asked for is
 * kept here.
 */
export function useOccupancyPoints(
  trends: Trends | undefined,
  subject: PlaceNow | undefined,
  serverTime: number | null,
): Point[] {
  const [recent, setRecent] = useState<readonly Point[]>([]);

  useEffect(() => {
    if (!subject || subject.asOf === null) return;
    const asOf = Date.parse(subject.asOf);
    const { occupancy, coverage } = subject;
    // The place's own time stands still while nobody looks: only the server's says how far the gap reaches.
    const point = isUnwatched(coverage)
      ? { at: serverTime ?? asOf, value: null, coverage }
      : { at: asOf, value: occupancy, coverage };
    setRecent((before) => followed(before, point, WINDOW_MS));
  }, [subject, serverTime]);

  return useMemo(() => {
    if (!trends) return [];
    return continued(pointsOf(trends.timestamps, trends.occupancy, trends.coverage), recent, WINDOW_MS);
  }, [trends, recent]);
}
