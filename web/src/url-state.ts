/**
 * What may stand in a URL. Anything else is dropped without an error: links are typed, cut and sent by people.
 * Whether a place exists is not known here; the page says so when it does not.
 */
import { isDay } from './format/local-day.ts';

const LONGEST = 200;

/** The router reads `?place=12` as a number and `?place=true` as a boolean; ids are text all the same. */
export function plainText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value === '' || value.length > LONGEST) return undefined;
  return value;
}

/** `day`: one day of the past in place of the last half hour. */
export type LiveSearch = { place?: string | undefined; day?: string | undefined };

/** What is dropped is said to be `undefined`: of a name that is left out the router hands on what the address has. */
export function liveSearch(search: Record<string, unknown>): LiveSearch {
  const day = plainText(search.day);
  return { place: plainText(search.place), day: day !== undefined && isDay(day) ? day : undefined };
}

/**
 * Where to go after signing in: only ever inside this site, or a link could lead people away with our name on it. Browsers
 * leave tabs and line ends out of an address, so that what they hide would count.
 */
export function innerPath(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\/[^/\\]/.test(value) || /\p{Cc}/u.test(value)) return undefined;
  return value.startsWith('/sign-in') ? undefined : value;
}
