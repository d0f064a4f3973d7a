/** Reads one text message of the live feed. Anything that is not one is refused, and the caller takes a snapshot. */
import type { LiveMessage } from '../api/types.ts';

export function readMessage(text: unknown): LiveMessage | null {
  if (typeof text !== 'string') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isMessage(value) ? value : null;
}

export function isMessage(value: unknown): value is LiveMessage {
  if (typeof value !== 'object' || value === null) return false;
  const message = value as Record<string, unknown>;
  return (
    (message.type === 'snapshot' || message.type === 'delta') &&
    Number.isSafeInteger(message.seq) &&
    typeof message.at === 'string' &&
    Number.isFinite(Date.parse(message.at)) &&
    Array.isArray(message.places) &&
    Array.isArray(message.cameras) &&
    // Null while a server that has just started is still measuring.
    (message.throughput === null || typeof message.throughput === 'number')
  );
}
