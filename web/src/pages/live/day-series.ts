/**
 * What of a day is drawn: the means of five minutes where people inside could be followed, else the people of each hour. Pure.
 *
 * Everything is judged by the moment the server was asked, `asked`: what began since then was still to come in its answer.
 */
import type { DayOfPlace } from '../../api/queries.ts';
import type { Bucket, Outage } from '../../api/types.ts';
import type { CardState } from '../../kit/card-state.ts';
import { isSilent, type Point } from '../../kit/series.ts';

export type DaySeries = { measure: 'occupancy' | 'count'; points: Point[] };

/** `end`: of the day, where its last piece ends, too. */
export function daySeries(answer: DayOfPlace, end: number, asked: number): DaySeries {
  const fives = pointsOf(answer.fives, 'occupancy', end, asked);
  if (fives.some(({ value }) => value !== null)) return { measure: 'occupancy', points: fives };
  return { measure: 'count', points: pointsOf(answer.hours, 'count', end, asked) };
}

function pointsOf(buckets: readonly Bucket[], metric: string, end: number, asked: number): Point[] {
  return buckets.flatMap((bucket, index): Point[] => {
    const from = Date.parse(bucket.timestamp);
    const next = buckets[index + 1];
    const whole = next === undefined ? end : Date.parse(next.timestamp);
    if (from >= asked) return [];
    const to = Math.min(whole, asked);
    const value = bucket.coverage === 0 ? null : (bucket.metrics[metric] ?? null);
    // Nothing told yet of a piece of time that is still running is no gap: its first minute is told when that is over.
    if (value === null && whole > asked) return [];
    const absent = value === null && bucket.coverage === null ? { absent: true as const } : {};
    return [{ at: (from + to) / 2, value, coverage: bucket.coverage, span: [from, to], ...absent }];
  });
}

/** The state of a card that shows it. Time in which there was no camera lacks nothing that somebody could have told. */
export function dayState(series: DaySeries, outages: readonly Outage[]): CardState {
  const { points } = series;
  // Why nothing is known is worth more than the word that nothing is.
  if (points.every((one) => one.value === null)) return outages.length > 0 ? 'partial' : 'empty';
  return points.some((one) => isSilent(one) || (one.coverage ?? 1) < 1) ? 'partial' : 'ready';
}
