/**
 * The words of the contract with the server: taken from its OpenAPI document (schema.d.ts, made by `npm run types`),
 * so that a field that is renamed there no longer compiles here. Words that the document only knows as text are
 * narrowed to the ones it lists in its descriptions.
 */
import type { components } from './schema';

type Schemas = components['schemas'];
type Narrow<T, U> = Omit<T, keyof U> & U;

export type PlaceKind = 'organisation' | 'building' | 'area' | 'zone';
export type CameraStatus = 'online' | 'offline' | 'error' | 'new' | 'recording' | 'retired';
export type Role = 'user' | 'analyst' | 'admin';
export type Language = 'en' | 'vi';

export type Place = Narrow<Schemas['PlaceAnswer'], { kind: PlaceKind }>;
export type Camera = Narrow<Schemas['CameraAnswer'], { status: CameraStatus }>;
export type Session = Narrow<
  Schemas['SessionAnswer'],
  { user: Narrow<Schemas['SignedInUser'], { role: Role }> }
>;

/**
 * `occupancy` is never negative; `rawOccupancy` is the plain sum and may be. Both are null where nothing is measured inside, of which
 * `asOf` tells that something was heard.
 */
export type PlaceNow = Schemas['PlaceNowAnswer'];
/** Null where nothing is known of today, which is not nobody. */
export type CameraNow = Narrow<
  Schemas['CameraNowAnswer'],
  { status: CameraStatus; inToday: number | null; outToday: number | null; passToday: number | null }
>;
export type LiveMessage = Narrow<
  Schemas['LiveMessage'],
  { type: 'snapshot' | 'delta'; places: PlaceNow[]; cameras: CameraNow[] }
>;

/** A stretch of time with its numbers; null where nobody was watching. */
export type Bucket = Schemas['Bucket'];

/** When no server ran, and what share of that the cameras told of later. */
export type Outage = Schemas['OutageAnswer'];

/** Equal length arrays; `null` means nobody was watching, which is not the same as nobody being there. */
export type Trends = Schemas['Trends'];
