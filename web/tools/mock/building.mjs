/**
 * A make-believe building for working on the dashboard without the Rust server. A developer's tool: never shipped,
 * never a source of numbers for anyone else.
 */

const ZONE_NAMES = [
  ['Floor 1', ['Main entrance', 'North entrance', 'Food court', 'Atrium']],
  ['Floor 2', ['Fashion', 'Electronics', 'Bookshop', 'Escalators']],
  ['Floor 3', ['Cinema', 'Arcade', 'Gym', 'Rooftop']],
];
const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const CAPACITY = 1200;

export function makeBuilding(now) {
  const places = [
    { id: 'sm', kind: 'organisation', name: 'Sao Mai', parentId: null, capacity: null, timeZone: TIME_ZONE },
    {
      id: 'tower',
      kind: 'building',
      name: 'Sao Mai Tower',
      parentId: 'sm',
      capacity: CAPACITY,
      timeZone: TIME_ZONE,
    },
  ];
  const cameras = [];
  for (const [floor, [areaName, zones]] of ZONE_NAMES.entries()) {
    const areaId = `f${floor + 1}`;
    places.push({
      id: areaId,
      kind: 'area',
      name: areaName,
      parentId: 'tower',
      capacity: 500,
      timeZone: TIME_ZONE,
    });
    for (const [index, zoneName] of zones.entries()) {
      const zoneId = `${areaId}-z${index + 1}`;
      places.push({
        id: zoneId,
        kind: 'zone',
        name: zoneName,
        parentId: areaId,
        capacity: 120,
        timeZone: TIME_ZONE,
      });
      const size = cameras.length >= 96 ? 4 : index === 0 ? 10 : 8;
      for (let n = 0; n < size && cameras.length < 100; n += 1) {
        const number = String(cameras.length + 1).padStart(2, '0');
        const id = `c-${number}`;
        cameras.push({
          id,
          name: `C-${number}`,
          zoneId,
          boundary: 'organisation',
          heartbeatSeconds: 30,
          offlineAfterSeconds: 90,
          retired: null,
          status: 'online',
          lastSeen: null,
          lines: [{ id: 'main', name: 'Door' }],
        });
      }
    }
  }
  return new Building(places, cameras, now);
}

class Building {
  constructor(places, cameras, now) {
    this.places = places;
    this.cameras = cameras;
    this.parent = new Map(places.map((place) => [place.id, place.parentId]));
    this.inside = new Map(places.map((place) => [place.id, 0]));
    this.totals = new Map(places.map((place) => [place.id, { in: 0, out: 0 }]));
    this.perCamera = new Map(cameras.map((camera) => [camera.id, { in: 0, out: 0, latencyMs: 300 }]));
    this.history = [];
    this.seq = 0;
    this.rate = 0;
    for (let at = now - 31 * 60_000; at < now; at += 10_000) this.step(at, 10);
    const broken = [
      ['offline', 7],
      ['error', 20],
      ['new', 55],
    ];
    for (const [status, index] of broken) cameras[index].status = status;
    cameras[7].lastSeen = new Date(now - 3.2 * 3_600_000).toISOString();
    cameras[55].lastSeen = null;
  }

  step(at, seconds) {
    let events = 0;
    for (const camera of this.cameras) {
      if (camera.status !== 'online') continue;
      const inside = this.inside.get(camera.zoneId);
      const wave = 0.35 + 0.12 * Math.sin(at / 240_000);
      for (let n = 0; n < seconds; n += 1) {
        if (Math.random() < wave * 0.25) {
          this.cross(camera, 'in', at);
          events += 1;
        }
        if (inside > 0 && Math.random() < 0.25 * (0.2 + inside / 420)) {
          this.cross(camera, 'out', at);
          events += 1;
        }
      }
      camera.lastSeen = new Date(at).toISOString();
    }
    this.rate = events / seconds;
    const gap = at % 1_500_000 < 100_000;
    this.history.push({ at, inside: gap ? null : new Map(this.inside), coverage: gap ? 0 : 0.98 });
    this.history = this.history.filter((point) => point.at > at - 31 * 60_000);
    this.at = at;
  }

  cross(camera, direction, at) {
    const step = direction === 'in' ? 1 : -1;
    const counts = this.perCamera.get(camera.id);
    counts[direction] += 1;
    counts.latencyMs = Math.round(120 + Math.random() * 500);
    camera.lastSeen = new Date(at).toISOString();
    for (let id = camera.zoneId; id; id = this.parent.get(id)) {
      this.inside.set(id, Math.max(0, this.inside.get(id) + step));
      this.totals.get(id)[direction] += 1;
    }
  }

  placesNow(at) {
    return this.places.map((place) => ({
      placeId: place.id,
      occupancy: this.inside.get(place.id),
      rawOccupancy: this.inside.get(place.id),
      inToday: this.totals.get(place.id).in,
      outToday: this.totals.get(place.id).out,
      passToday: 0,
      capacity: place.capacity,
      asOf: new Date(at).toISOString(),
      coverage: place.id.startsWith('f3') ? 1 : 0.98,
    }));
  }

  camerasNow() {
    return this.cameras.map((camera) => {
      const counts = this.perCamera.get(camera.id);
      const silent = camera.status !== 'online';
      return {
        cameraId: camera.id,
        status: camera.status,
        lastSeen: camera.lastSeen,
        occupancy: camera.lastSeen === null ? null : counts.in - counts.out,
        inToday: camera.lastSeen === null ? null : counts.in,
        outToday: camera.lastSeen === null ? null : counts.out,
        passToday: camera.lastSeen === null ? null : 0,
        asOf: camera.lastSeen,
        latencyMs: silent ? null : counts.latencyMs,
      };
    });
  }

  message(type, at) {
    return {
      type,
      seq: this.seq,
      at: new Date(at).toISOString(),
      places: this.placesNow(at),
      cameras: this.camerasNow(),
      throughput: Math.round(this.rate * 10) / 10,
    };
  }

  trends(placeId) {
    const points = this.history;
    return {
      occupancy: points.map((point) => (point.inside ? point.inside.get(placeId) : null)),
      count: points.map((point) => (point.inside ? Math.round(3 + 2 * Math.sin(point.at / 90_000)) : null)),
      timestamps: points.map((point) => new Date(point.at).toISOString()),
      coverage: points.map((point) => point.coverage),
    };
  }
}
