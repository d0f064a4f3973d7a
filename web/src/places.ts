/** The site tree: organisation > building > area > zone. Pure. */
import type { Camera, Place } from './api/types.ts';

export type PlaceRow = { place: Place; depth: number };

/** Parents before children, brothers by name. Ids are only compared, so a broken tree cannot hang the page. */
export function treeRows(places: readonly Place[], language: string): PlaceRow[] {
  const order = new Intl.Collator(language, { numeric: true });
  const ids = new Set(places.map((place) => place.id));
  const children = Map.groupBy(places, (place) =>
    place.parentId !== null && ids.has(place.parentId) ? place.parentId : null,
  );
  const rows: PlaceRow[] = [];
  const visit = (parent: string | null, depth: number) => {
    const brothers = [...(children.get(parent) ?? [])].sort((a, b) => order.compare(a.name, b.name));
    for (const place of brothers) {
      rows.push({ place, depth });
      visit(place.id, depth + 1);
    }
  };
  visit(null, 0);
  return rows;
}

/** With a single building the question "how many are here" means that building; with several, all of them. */
export function defaultPlace(places: readonly Place[]): Place | null {
  const buildings = places.filter((place) => place.kind === 'building');
  const [only] = buildings;
  if (only && buildings.length === 1) return only;
  return treeRows(places, 'en')[0]?.place ?? null;
}

/** Top first, without the place itself. */
export function ancestors(places: readonly Place[], place: Place): Place[] {
  const byId = new Map(places.map((one) => [one.id, one]));
  const path: Place[] = [];
  let parent = place.parentId === null ? undefined : byId.get(place.parentId);
  while (parent && !path.includes(parent)) {
    path.unshift(parent);
    parent = parent.parentId === null ? undefined : byId.get(parent.parentId);
  }
  return path;
}

export function within(places: readonly Place[], rootId: string): Set<string> {
  const inside = new Set([rootId]);
  for (let before = 0; before !== inside.size; ) {
    before = inside.size;
    for (const place of places)
      if (place.parentId !== null && inside.has(place.parentId)) inside.add(place.id);
  }
  return inside;
}

export function camerasWithin(
  places: readonly Place[],
  cameras: readonly Camera[],
  rootId: string,
): Camera[] {
  const inside = within(places, rootId);
  return cameras.filter((camera) => camera.zoneId !== null && inside.has(camera.zoneId));
}
