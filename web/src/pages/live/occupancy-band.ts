/** How full a place is, in words that do not depend on a colour. */
import type { Place, PlaceNow } from '../../api/types.ts';

export type Band = 'none' | 'free' | 'full' | 'over';

export const NEARLY_FULL = 0.9;

/** The live feed knows a new capacity at once, and that it was taken away; the list of places is older. */
export function capacityOf(place: Place, now: PlaceNow | undefined): number | null {
  return now ? now.capacity : place.capacity;
}

/** Whether people pass and nobody measures how many are inside: something was heard, and no number of them. */
export function isPassage(now: PlaceNow | undefined): boolean {
  return now !== undefined && now.asOf !== null && now.occupancy === null;
}

export function bandOf(occupancy: number | null, capacity: number | null): Band {
  if (occupancy === null || capacity === null || capacity <= 0) return 'none';
  if (occupancy > capacity) return 'over';
  return occupancy >= capacity * NEARLY_FULL ? 'full' : 'free';
}
