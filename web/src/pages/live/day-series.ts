/**
 * What of a day is drawn: the means of five minutes where people inside could be followed, else the people of each hour. Pure.
 *
 * Everything is judged by the moment the server was asked, `asked`: what began since then was still to come in its answer.
 */
import type { DayOfPlace } from '../../api/queries.ts';
import type { Bucket, Outage } from '../../api/types.ts';
import type { CardState } from '../../kit/card-state.ts';
import { isSilent, type Point, pointOf } from '../../kit/series.ts';

export type DaySeries = { measure: 'occupancy' | 'count'; points: Point[] };

/** `end`: of the day, where its last piece ends, too. */
export function daySeries(answer: DayOfPlace, end: number, asked: number): DaySeries {
  const fives = pointsOf(answer.fives, 'occupancy', end, asked);
  const hours = pointsOf(answer.hours, 'count', end, asked);
  const known = (points: Point[]) => points.some(({ value }) => value !== null);
  // Where nothing is known at all, it is who was inside that nobody knows.
  return !known(fives) && known(hours)
    ? { measure: 'count', points: hours }
    : { measure: 'occupancy', points: fives };
}

function pointsOf(buckets: readonly Bucket[], metric: string, end: number, asked: number): Point[] {
  return buckets.flatMap((bucket, index): Point[] => {
    const from = Date.parse(bucket.timestamp);
    const next = buckets[index + 1];
    const whole = next === undefined ? end : Date.parse(next.timestamp);
    if (from >= asked) return [];
    const to = Math.min(whole, asked);
    const point = pointOf((from + to) / 2, bucket.metrics[metric] ?? null, bucket.coverage);
    // Nothing told yet of a piece of time that is still running is no gap: its first minute is told when that is over.
    if (point.value === null && whole > asked) return [];
    return [{ ...point, span: [from, to] }];
  });
}

/** The state of a card that shows it. Time in which there was no camera lacks nothing that somebody could have told. */
export function dayState(series: DaySeries, outages: readonly Outage[]): CardState {
  const { points } = series;
  // Why nothing is known is worth more than the word that nothing is.
  if (points.every((one) => one.value === null)) return outages.length > 0 ? 'partial' : 'empty';
  return points.some((one) => isSilent(one) || (one.coverage ?? 1) < 1) ? 'partial' : 'ready';
}
