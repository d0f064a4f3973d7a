/** Which of the seven states a card is in. Every card says it in `data-state`, so that tests and styles can see it. */
import type { Problem } from '../api/problem.ts';
import { type LiveState, serverNow } from '../live/state.ts';

export type CardState = 'loading' | 'ready' | 'empty' | 'partial' | 'stale' | 'error' | 'denied';

/** A number is old when three of its beats were missed. */
const BEATS = 3;
const POLLING_BEAT_MS = 5_000;

export function isStale(live: LiveState, now: number, cadenceMs: number): boolean {
  if (live.receivedAt === null) return false;
  const beat = live.phase === 'polling' ? Math.max(cadenceMs, POLLING_BEAT_MS) : cadenceMs;
  return now - live.receivedAt > BEATS * beat;
}

/** Data this old are not "now" any more, although the line is alive: the server is catching up, or cameras are silent. */
export const LATE_AFTER_MS = 5 * 60_000;

export function isLate(live: LiveState, now: number, asOf: string | null): boolean {
  return (ageMs(live, now, asOf) ?? 0) > LATE_AFTER_MS;
}

export function problemState(problem: Problem): CardState {
  return problem.status === 403 ? 'denied' : 'error';
}

/**
 * Nobody looks: no camera feeds the place (`null`), or none of those that do is online (0). What was counted last may be
 * long over.
 */
export function isUnwatched(coverage: number | null): coverage is 0 | null {
  return coverage === null || coverage === 0;
}

type Subject = {
  /** Whether the feed has said anything about it. */
  known: boolean;
  /** Of a place only; without it the question who looks does not arise. */
  coverage?: number | null;
  asOf?: string | null;
};

/** For cards fed by the live connection. */
export function liveCardState(live: LiveState, now: number, cadenceMs: number, subject: Subject): CardState {
  if (live.receivedAt === null) {
    return live.phase === 'connecting' || live.phase === 'live' ? 'loading' : 'error';
  }
  if (!subject.known) return 'empty';
  if (isStale(live, now, cadenceMs) || isLate(live, now, subject.asOf ?? null)) return 'stale';
  if (subject.coverage === undefined) return 'ready';
  if (isUnwatched(subject.coverage)) return 'stale';
  return subject.coverage < 1 ? 'partial' : 'ready';
}

/** How long ago the last word came, measured by one clock only: the browser's. */
export function silenceMs(live: LiveState, now: number): number {
  return live.receivedAt === null ? 0 : Math.max(0, now - live.receivedAt);
}

/** Age of a moment named by the server, free of the difference between its clock and ours. */
export function ageMs(live: LiveState, now: number, moment: string | null): number | null {
  if (moment === null) return null;
  const at = Date.parse(moment);
  return Number.isFinite(at) ? Math.max(0, serverNow(live, now) - at) : null;
}
