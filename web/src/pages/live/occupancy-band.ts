/** How full a place is, in words that do not depend on a colour. */
export type Band = 'none' | 'free' | 'full' | 'over';

export const NEARLY_FULL = 0.9;

export function bandOf(occupancy: number | null, capacity: number | null): Band {
  if (occupancy === null || capacity === null || capacity <= 0) return 'none';
  if (occupancy > capacity) return 'over';
  return occupancy >= capacity * NEARLY_FULL ? 'full' : 'free';
}
