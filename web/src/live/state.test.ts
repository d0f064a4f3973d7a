import { describe, expect, it } from 'vitest';
import { AT, cameraNow, deltaOf, placeNow, snapshotOf } from '../test/samples.ts';
import { applyMessage, initialState, latenciesNow, percentile, serverNow } from './state.ts';

const first = applyMessage(initialState, snapshotOf(), 1_000);

describe('applyMessage', () => {
  it('takes a snapshot whole', () => {
    expect(first.places.get('tower')?.occupancy).toBe(142);
    expect(first.cameras.get('c-01')?.latencyMs).toBe(420);
    expect(first).toMatchObject({ seq: 1, epoch: 1, receivedAt: 1_000, throughput: 118 });
  });

  it('changes only what a delta names', () => {
    const next = applyMessage(first, deltaOf({ places: [placeNow({ occupancy: 143 })] }), 2_000);
    expect(next.places.get('tower')?.occupancy).toBe(143);
    expect(next.cameras).toBe(first.cameras);
    expect(next.epoch).toBe(1);
  });

  it('takes news with the number it has: a camera that fell silent sends no event to count', () => {
    const next = applyMessage(first, deltaOf({ seq: 1, cameras: [cameraNow({ status: 'offline' })] }), 2_000);
    expect(next.cameras.get('c-01')?.status).toBe('offline');
  });

  it('stays fresh on a delta that says that nothing changed', () => {
    const next = applyMessage(first, deltaOf({ seq: 1, throughput: 0 }), 9_000);
    expect(next).toMatchObject({ receivedAt: 9_000, throughput: 0, places: first.places });
  });

  it('adds a place that a delta names for the first time', () => {
    const next = applyMessage(
      first,
      deltaOf({ places: [placeNow({ placeId: 'new wing', occupancy: 0 })] }),
      2_000,
    );
    expect([...next.places.keys()]).toEqual(['tower', 'new wing']);
  });

  it('ignores an old delta: replay after a break counts nobody twice', () => {
    const delta = deltaOf({ seq: 2, places: [placeNow({ occupancy: 143 })] });
    const once = applyMessage(first, delta, 2_000);
    const later = applyMessage(once, deltaOf({ seq: 3, places: [placeNow({ occupancy: 150 })] }), 3_000);
    expect(applyMessage(later, delta, 4_000)).toBe(later);
  });

  it('accepts deltas whose numbers jump, because the server thins them out to the cadence asked for', () => {
    const next = applyMessage(first, deltaOf({ seq: 40, places: [placeNow({ occupancy: 9 })] }), 2_000);
    expect(next.places.get('tower')?.occupancy).toBe(9);
  });

  it('believes a snapshot with a lower number: the server was restarted', () => {
    const late = applyMessage(first, deltaOf({ seq: 900 }), 2_000);
    const fresh = applyMessage(late, snapshotOf({ seq: 3, places: [placeNow({ placeId: 'annex' })] }), 3_000);
    expect(fresh.seq).toBe(3);
    expect([...fresh.places.keys()]).toEqual(['annex']);
    expect(fresh.epoch).toBe(2);
  });

  it('keeps one KPI point each 2 s and at most 300', () => {
    let state = initialState;
    for (let second = 0; second < 2_000; second += 1) {
      const at = new Date(Date.parse(AT) + second * 1_000).toISOString();
      state = applyMessage(state, deltaOf({ seq: second + 1, at, throughput: second }), second);
    }
    expect(state.kpis).toHaveLength(300);
    expect(state.kpis.at(-1)?.throughput).toBe(1_998);
    expect(state.kpis.at(-2)?.throughput).toBe(1_996);
  });
});

describe('latenciesNow', () => {
  it('are those of the cameras that are online and measured', () => {
    const cameras = [
      cameraNow({ latencyMs: 7 }),
      cameraNow({ latencyMs: null }),
      cameraNow({ latencyMs: 90_000, status: 'offline' }),
      cameraNow({ latencyMs: 80_000, status: 'retired' }),
      cameraNow({ latencyMs: 70_000, status: 'error' }),
    ];
    expect(latenciesNow(cameras)).toEqual([7]);
  });

  it('make the line of the card, too, which breaks while no camera is online', () => {
    const silent = snapshotOf({ cameras: [cameraNow({ status: 'offline' })] });
    expect(applyMessage(initialState, silent, 1_000).kpis.at(-1)?.latencyMs).toBeNull();
    expect(first.kpis.at(-1)?.latencyMs).toBe(420);
  });
});

describe('percentile', () => {
  it('is the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, 0.95)).toBe(95);
    expect(percentile([7], 0.95)).toBe(7);
  });

  it('is unknown, not zero, when nothing was measured', () => {
    expect(percentile([], 0.95)).toBeNull();
  });
});

describe('serverNow', () => {
  it('follows the clock of the server, whatever the browser believes', () => {
    expect(serverNow(first, 6_000)).toBe(Date.parse(AT) + 5_000);
  });

  it('is the clock of the browser as long as the server said nothing', () => {
    expect(serverNow(initialState, 6_000)).toBe(6_000);
  });
});
