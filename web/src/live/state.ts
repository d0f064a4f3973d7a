/**
 * What the dashboard knows right now, and how one message changes it. Pure.
 *
 * Messages carry whole values, never increments, so a message seen twice changes nothing. A delta older than what we
 * have is dropped; one with the same number says what changed without an event, or only that nothing did. A snapshot
 * is always believed, because after a restart the server may count anew.
 */
import type { CameraNow, LiveMessage, PlaceNow } from '../api/types.ts';

export type Phase = 'connecting' | 'live' | 'delayed' | 'reconnecting' | 'polling' | 'offline' | 'signed-out';

/** One point of the small KPI lines. */
export type KpiPoint = { at: number; throughput: number | null; latencyMs: number | null };

export type LiveState = {
  phase: Phase;
  /** Browser time at which the connection was lost; null while there is one. */
  downSince: number | null;
  seq: number | null;
  /** Server time of the last message, and the browser's time when it came: their difference is the clock offset. */
  at: number | null;
  receivedAt: number | null;
  /** Counts snapshots after a break: everything fetched before the present one may have missed something. */
  epoch: number;
  places: ReadonlyMap<string, PlaceNow>;
  cameras: ReadonlyMap<string, CameraNow>;
  throughput: number | null;
  kpis: readonly KpiPoint[];
};

export const initialState: LiveState = {
  phase: 'connecting',
  downSince: null,
  seq: null,
  at: null,
  receivedAt: null,
  epoch: 0,
  places: new Map(),
  cameras: new Map(),
  throughput: null,
  kpis: [],
};

/** Every 2 s for 10 minutes: a line is there with the first redraw of its card, 10 s after the page was opened. */
const KPI_EVERY_MS = 2_000;
const KPI_POINTS = 300;

export function applyMessage(state: LiveState, message: LiveMessage, now: number): LiveState {
  const snapshot = message.type === 'snapshot';
  if (!snapshot && state.seq !== null && message.seq < state.seq) return state;
  const at = Date.parse(message.at);
  const next: LiveState = {
    ...state,
    seq: message.seq,
    at,
    receivedAt: now,
    epoch: snapshot ? state.epoch + 1 : state.epoch,
    places: merge(snapshot ? new Map() : state.places, message.places, (place) => place.placeId),
    cameras: merge(snapshot ? new Map() : state.cameras, message.cameras, (camera) => camera.cameraId),
    throughput: message.throughput,
  };
  return { ...next, kpis: withKpi(next, at) };
}

/** A snapshot that was asked for. One that follows another missed no more than any delta, and asks for no history again. */
export function applyPoll(state: LiveState, snapshot: LiveMessage, now: number): LiveState {
  const next = applyMessage(state, snapshot, now);
  return state.phase === 'polling' ? { ...next, epoch: state.epoch } : next;
}

function merge<T>(before: ReadonlyMap<string, T>, changed: readonly T[], key: (value: T) => string) {
  if (changed.length === 0) return before;
  const after = new Map(before);
  for (const value of changed) after.set(key(value), value);
  return after;
}

function withKpi(state: LiveState, at: number): readonly KpiPoint[] {
  const last = state.kpis.at(-1);
  if (last && at - last.at < KPI_EVERY_MS) return state.kpis;
  const point = {
    at,
    throughput: state.throughput,
    latencyMs: percentile(latenciesNow(state.cameras.values()), 0.95),
  };
  return [...state.kpis.slice(1 - KPI_POINTS), point];
}

/** The latest latency of each camera that is online. What another one measured last, hours ago perhaps, is not now. */
export function latenciesNow(cameras: Iterable<CameraNow>): number[] {
  const values: number[] = [];
  for (const { status, latencyMs } of cameras) {
    if (status === 'online' && latencyMs !== null) values.push(latencyMs);
  }
  return values;
}

/** By nearest rank; null when there are no values. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
}

/** Words come every second; some that are late are no loss. */
const LOST_AFTER_MS = 6_000;
/** While polling a word comes every 5 s. */
const LOST_AFTER_POLLING_MS = 15_000;

/** Whether the last word is so old that nothing it said can be told as being so now. */
export function isLost(state: LiveState, now: number): boolean {
  if (state.receivedAt === null) return false;
  return now - state.receivedAt > (state.phase === 'polling' ? LOST_AFTER_POLLING_MS : LOST_AFTER_MS);
}

/** The server's clock as far as we know it, so that ages are right in a browser whose clock is wrong. */
export function serverNow(state: LiveState, now: number): number {
  if (state.at === null || state.receivedAt === null) return now;
  return now + (state.at - state.receivedAt);
}
