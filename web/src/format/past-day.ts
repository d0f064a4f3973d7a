import type { Format } from './format.ts';

/** The day of a moment at a place, where that is not today any more: figures of it are then not "today". */
export function pastDay(at: string | null, now: number, timeZone: string, format: Format): string | null {
  const day = format.day(at, timeZone);
  return at === null || day === format.day(now, timeZone) ? null : day;
}
