/** Days as the clock on a place's wall cuts them, as `2026-03-29`. */

const HOUR_MS = 3_600_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** What the clock of the zone shows, as if it were UTC. */
function wallClock(at: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(timeZone, formatter);
  }
  const parts = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, second } = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The day of a moment. */
export function localDay(at: number, timeZone: string): string {
  return new Date(wallClock(at, timeZone)).toISOString().slice(0, 10);
}

/** The day so many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 24 * HOUR_MS).toISOString().slice(0, 10);
}

/** The first moment of a day: where clocks go forward at midnight, that is one o'clock. */
function startOf(day: string, timeZone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  let at = midnight;
  // Twice, because the first guess may lie on the other side of a change of the clocks.
  for (let round = 0; round < 2; round += 1) at = midnight - (wallClock(at, timeZone) - at);
  return localDay(at, timeZone) < day ? at + HOUR_MS : at;
}

/** The moments of a day: 23, 24 or 25 hours. */
export function rangeOfDay(day: string, timeZone: string): { start: number; end: number } {
  return { start: startOf(day, timeZone), end: startOf(dayAfter(day, 1), timeZone) };
}

/** Before it nothing was counted. */
export const EARLIEST_DAY = '1970-01-01';

/**
 * Whether this text names a day that there is, and that can be asked about: the day after one must have four digits of a year,
 * too.
 */
export function isDay(text: string): boolean {
  if (text < EARLIEST_DAY || text >= '9999') return false;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}
