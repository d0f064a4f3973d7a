/** What the live feed speaks of and a list that was asked for earlier does not know. Pure. */
import type { Camera, Place } from '../api/types.ts';
import type { LiveState } from './state.ts';

export function unlistedPlaces(live: Pick<LiveState, 'places'>, listed: readonly Place[]): string[] {
  const known = new Set(listed.map((place) => place.id));
  return [...live.places.keys()].filter((id) => !known.has(id));
}

/** A camera that the list has as retired and the feed has not was put back since. */
export function unlistedCameras(live: Pick<LiveState, 'cameras'>, listed: readonly Camera[]): string[] {
  const inUse = new Set(listed.filter((camera) => camera.status !== 'retired').map((camera) => camera.id));
  return [...live.cameras.values()]
    .filter((camera) => camera.status !== 'retired' && !inUse.has(camera.cameraId))
    .map((camera) => camera.cameraId);
}
