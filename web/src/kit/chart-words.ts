/** What a chart shows, in words: the sentence above it, and one point of it. */
import { useLingui } from '@lingui/react/macro';
import { useFormat } from '../format/use-format.ts';
import { extreme, isAbsent, isSilent, lastKnown, type Placed, type Point, stretches } from './series.ts';

type Said = {
  points: readonly Point[];
  timeZone: string;
  placed: Placed;
  /** What kind of number the points are, said after the highest and the lowest. */
  note: string | undefined;
  /** The points are means of their times, and of which; without it people are counted. */
  mean: string | undefined;
};

/** Said one by one; more would be a table. */
const STRETCHES = 3;
const MANY = 'many';

export function useSentence(said: Said): string {
  const { t } = useLingui();
  const format = useFormat();
  const { points, timeZone, placed } = said;
  const time = usePointTime(timeZone);
  const number = said.mean === undefined ? format.count : format.mean;
  const times = (such: (point: Point) => boolean): string | null => {
    const found = stretches(points, placed, such);
    if (found.length > STRETCHES) return MANY;
    const words = found.map((ends) => ends.map((at) => format.hourMinute(at, timeZone)).join('–'));
    return words.length === 0 ? null : words.join(', ');
  };
  const high = extreme(points, (a, b) => a > b);
  const low = extreme(points, (a, b) => a < b);
  const now = lastKnown(points);
  if (!high || !low || !now) return t`No data in this range.`;
  const [last, highest, lowest] = [now, high, low].map(({ value }) => number(value));
  const [highestAt, lowestAt] = [high, low].map(time);
  const { mean } = said;
  const sentences = [
    mean === undefined
      ? t`Last ${last}; highest ${highest} at ${highestAt}, lowest ${lowest} at ${lowestAt}.`
      : t`${mean}: last ${last}; highest ${highest} at ${highestAt}, lowest ${lowest} at ${lowestAt}.`,
  ];
  if (said.note) sentences.push(said.note);
  const hatched = times(isSilent);
  if (hatched !== null)
    sentences.push(hatched === MANY ? t`Hatched: no data.` : t`Hatched: no data ${hatched}.`);
  const without = times(isAbsent);
  if (without !== null) {
    sentences.push(
      without === MANY ? t`At times there was no camera here.` : t`There was no camera here ${without}.`,
    );
  }
  return sentences.join(' ');
}

/** When a point was: from when to when where it tells of a time, which is never put down to a moment that is still to come. */
export function usePointTime(timeZone: string): (point: Point) => string {
  const format = useFormat();
  return ({ at, span }) => {
    if (!span) return format.hourMinute(at, timeZone);
    return `${format.hourMinute(span[0], timeZone)}–${format.hourMinute(span[1], timeZone)}`;
  };
}

/** One point, as the cursor reads it out. */
export function useReading(point: Point | undefined, timeZone: string, isMean: boolean): string {
  const { t } = useLingui();
  const format = useFormat();
  const spanTime = usePointTime(timeZone);
  if (!point) return t`no data`;
  const time = point.span ? spanTime(point) : format.clock(point.at, timeZone);
  if (point.absent) return t`${time}: no camera`;
  if (point.value === null) return t`${time}: no data`;
  const mean = format.mean(point.value);
  const value = isMean ? t`mean ${mean}` : format.count(point.value);
  if (point.coverage === null || point.coverage >= 1) return t`${time}: ${value}`;
  const coverage = format.percent(point.coverage);
  return t`${time}: ${value}, coverage ${coverage}`;
}
