/** What is known of cameras, catalogue and live feed put together. Pure. */
import type { Camera, CameraNow, CameraStatus } from '../../api/types.ts';

export type CameraFacts = Camera & { now: CameraNow | null };

export const STATUSES: readonly CameraStatus[] = ['online', 'error', 'offline', 'new'];

export function factsOf(cameras: readonly Camera[], live: ReadonlyMap<string, CameraNow>): CameraFacts[] {
  return cameras.map((camera) => {
    const now = live.get(camera.id) ?? null;
    return {
      ...camera,
      // A name of nothing cannot be pointed at.
      name: camera.name.trim() === '' ? camera.id : camera.name,
      now,
      status: now?.status ?? camera.status,
      lastSeen: now?.lastSeen ?? camera.lastSeen,
    };
  });
}

export function countByStatus(cameras: readonly CameraFacts[]): Record<CameraStatus, number> {
  const counts = { online: 0, offline: 0, error: 0, new: 0 };
  for (const camera of cameras) counts[camera.status] += 1;
  return counts;
}

/** Worst first: what a person has to do something about. */
export function needingAttention(cameras: readonly CameraFacts[]): CameraFacts[] {
  const rank: Record<CameraStatus, number> = { error: 0, offline: 1, new: 2, online: 3 };
  return cameras
    .filter((camera) => camera.status !== 'online')
    .sort((a, b) => rank[a.status] - rank[b.status] || a.name.localeCompare(b.name));
}
