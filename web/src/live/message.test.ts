import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../test/samples.ts';
import { readMessage } from './message.ts';

describe('a message of the live feed', () => {
  it('may say that the throughput is not measured yet', () => {
    const message = snapshotOf({ throughput: null });
    expect(readMessage(JSON.stringify(message))).toEqual(message);
  });

  it('is refused where the throughput is missing', () => {
    const { throughput: _, ...rest } = snapshotOf();
    expect(readMessage(JSON.stringify(rest))).toBeNull();
  });
});
