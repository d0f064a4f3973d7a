/** What is known of the cameras in use, catalogue and live feed put together. Pure. */
import type { Camera, CameraNow, CameraStatus } from '../../api/types.ts';

export type StatusInUse = Exclude<CameraStatus, 'retired'>;
export type CameraFacts = Omit<Camera, 'status'> & { status: StatusInUse; now: CameraNow | null };

export const STATUSES: readonly StatusInUse[] = ['online', 'error', 'offline', 'new', 'recording'];

export function factsOf(cameras: readonly Camera[], live: ReadonlyMap<string, CameraNow>): CameraFacts[] {
  return cameras.flatMap((camera) => {
    const now = live.get(camera.id) ?? null;
    const status = now?.status ?? camera.status;
    // The live feed knows of it before the list is asked for again, and tells of it no more once it is restarted.
    if (status === 'retired' || camera.status === 'retired') return [];
    return {
      ...camera,
      // A name of nothing cannot be pointed at.
      name: camera.name.trim() === '' ? camera.id : camera.name,
      now,
      status,
      lastSeen: now?.lastSeen ?? camera.lastSeen,
    };
  });
}

export function countByStatus(cameras: readonly CameraFacts[]): Record<StatusInUse, number> {
  const counts = { online: 0, offline: 0, error: 0, new: 0, recording: 0 };
  for (const camera of cameras) counts[camera.status] += 1;
  return counts;
}

/** Worst first: what a person has to do something about. */
export function needingAttention(cameras: readonly CameraFacts[]): CameraFacts[] {
  const rank: Record<StatusInUse, number> = { error: 0, offline: 1, new: 2, recording: 3, online: 3 };
  return cameras
    .filter(({ status }) => status !== 'online' && status !== 'recording')
    .sort((a, b) => rank[a.status] - rank[b.status] || a.name.localeCompare(b.name));
}

/** Whether all there is was recorded long ago. */
export function isRecording(cameras: readonly CameraFacts[]): boolean {
  return cameras.length > 0 && cameras.every((camera) => camera.status === 'recording');
}
