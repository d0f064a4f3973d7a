/** The place that the whole page speaks of: the one in the address, else the one most people mean. */
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { placesQuery } from '../api/queries.ts';
import type { Place } from '../api/types.ts';
import { defaultPlace } from '../places.ts';

export function useChosenPlace(): { places: readonly Place[]; chosen: Place | null } {
  const places = useQuery(placesQuery).data ?? [];
  const { place: wanted } = useSearch({ strict: false });
  return { places, chosen: places.find((place) => place.id === wanted) ?? defaultPlace(places) };
}
