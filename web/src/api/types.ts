/** The words of the contract with the server, as the rest of the dashboard uses them. */

export type PlaceKind = 'organisation' | 'building' | 'area' | 'zone';
export type CameraStatus = 'online' | 'offline' | 'error' | 'new';
export type Role = 'user' | 'analyst' | 'admin';
export type Language = 'en' | 'vi';

export type Place = {
  id: string;
  kind: PlaceKind;
  name: string;
  parentId: string | null;
  capacity: number | null;
  timeZone: string;
};

export type Camera = {
  id: string;
  name: string;
  zoneId: string;
  status: CameraStatus;
  lastSeen: string | null;
  lines: { id: string; name: string }[];
};

export type Session = {
  expiresAt: string;
  user: { name: string; role: Role; language: Language | null };
};

/** What is true of a place now. `occupancy` is never negative; `rawOccupancy` is the plain sum and may be. */
export type PlaceNow = {
  placeId: string;
  occupancy: number | null;
  rawOccupancy: number | null;
  inToday: number | null;
  outToday: number | null;
  capacity: number | null;
  asOf: string | null;
  coverage: number | null;
};

export type CameraNow = {
  cameraId: string;
  status: CameraStatus;
  lastSeen: string | null;
  inToday: number | null;
  outToday: number | null;
  latencyMs: number | null;
};

export type LiveMessage = {
  type: 'snapshot' | 'delta';
  seq: number;
  at: string;
  places: PlaceNow[];
  cameras: CameraNow[];
  /** Events per second over the last 10 s. */
  throughput: number;
};

/** Equal length arrays; `null` means nobody was watching, which is not the same as nobody being there. */
export type Trends = {
  occupancy: (number | null)[];
  count: (number | null)[];
  timestamps: string[];
  coverage: number[];
};

export type Realtime = {
  timestamp: string;
  metrics: {
    occupancy: number | null;
    count: number | null;
    accuracy: number | null;
    latency: number | null;
  };
  trends: Trends;
};
