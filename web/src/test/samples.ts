/** Small believable things for tests. */
import type { Camera, CameraNow, LiveMessage, Place, PlaceNow } from '../api/types.ts';

export const AT = '2026-11-14T11:30:00.000Z';

export const place = (change: Partial<Place> = {}): Place => ({
  id: 'tower',
  kind: 'building',
  name: 'Sao Mai Tower',
  parentId: null,
  capacity: 220,
  timeZone: 'Asia/Ho_Chi_Minh',
  ...change,
});

export const placeNow = (change: Partial<PlaceNow> = {}): PlaceNow => ({
  placeId: 'tower',
  occupancy: 142,
  rawOccupancy: 142,
  inToday: 1204,
  outToday: 1062,
  passToday: 0,
  capacity: 220,
  asOf: AT,
  coverage: 1,
  ...change,
});

export const camera = (change: Partial<Camera> = {}): Camera => ({
  id: 'c-01',
  name: 'C-01',
  zoneId: 'tower',
  boundary: 'organisation',
  heartbeatSeconds: 30,
  offlineAfterSeconds: 90,
  retired: null,
  status: 'new',
  lastSeen: null,
  lines: [],
  ...change,
});

export const cameraNow = (change: Partial<CameraNow> = {}): CameraNow => ({
  cameraId: 'c-01',
  status: 'online',
  lastSeen: AT,
  occupancy: 1,
  inToday: 3,
  outToday: 2,
  passToday: 0,
  asOf: AT,
  latencyMs: 420,
  ...change,
});

export const snapshotOf = (change: Partial<LiveMessage> = {}): LiveMessage => ({
  type: 'snapshot',
  seq: 1,
  at: AT,
  places: [placeNow()],
  cameras: [cameraNow()],
  throughput: 118,
  ...change,
});

export const deltaOf = (change: Partial<LiveMessage> = {}): LiveMessage => ({
  ...snapshotOf({ places: [], cameras: [] }),
  type: 'delta',
  seq: 2,
  ...change,
});
