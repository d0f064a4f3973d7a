import { useEffect, useMemo, useState } from 'react';
import type { PlaceNow, Trends } from '../../api/types.ts';
import { continued, type Point, pointsOf } from '../../kit/series.ts';

const WINDOW_MS = 30 * 60_000;

/** Every 5 s the card hands over the place as it is now; what came since the history was asked for is kept here. */
export function useOccupancyPoints(trends: Trends | undefined, subject: PlaceNow | undefined): Point[] {
  const [recent, setRecent] = useState<readonly Point[]>([]);

  useEffect(() => {
    if (!subject || subject.asOf === null) return;
    const value = subject.coverage === 0 ? null : subject.occupancy;
    const point = { at: Date.parse(subject.asOf), value, coverage: subject.coverage };
    setRecent((before) => {
      const last = before.at(-1);
      if (last && point.at <= last.at) return before;
      return [...before.filter((old) => old.at > point.at - WINDOW_MS), point];
    });
  }, [subject]);

  return useMemo(() => {
    if (!trends) return [];
    return continued(pointsOf(trends.timestamps, trends.occupancy, trends.coverage), recent, WINDOW_MS);
  }, [trends, recent]);
}
