import { describe, expect, it, vi } from 'vitest';
import { deltaOf, snapshotOf } from '../test/samples.ts';
import { applyMessage } from './state.ts';
import { LiveStore } from './store.ts';

function ticking(store: LiveStore) {
  let second = 0;
  store.update((state) => applyMessage(state, snapshotOf(), 0));
  return (times: number) => {
    for (let n = 0; n < times; n += 1) {
      second += 1;
      store.update((state) =>
        applyMessage(state, deltaOf({ seq: second + 1, throughput: second }), second * 1_000),
      );
    }
  };
}

describe('LiveStore', () => {
  it('tells each component at its own cadence', () => {
    const store = new LiveStore();
    const heard = { 1000: vi.fn(), 5000: vi.fn(), 10000: vi.fn() };
    for (const [every, listener] of Object.entries(heard)) store.channel(Number(every)).subscribe(listener);
    const tick = ticking(store);
    for (const listener of Object.values(heard)) listener.mockClear();
    tick(60);
    expect(heard[1_000]).toHaveBeenCalledTimes(60);
    expect(heard[5_000]).toHaveBeenCalledTimes(12);
    expect(heard[10_000]).toHaveBeenCalledTimes(6);
  });

  it('tells everyone at once when the connection changes or a snapshot comes', () => {
    const store = new LiveStore();
    const slow = vi.fn();
    store.channel(10_000).subscribe(slow);
    const tick = ticking(store);
    slow.mockClear();
    tick(1);
    expect(slow).not.toHaveBeenCalled();
    store.update((state) => ({ ...state, phase: 'reconnecting' }));
    expect(slow).toHaveBeenCalledTimes(1);
    store.update((state) => applyMessage(state, snapshotOf({ seq: 99 }), 2_000));
    expect(slow).toHaveBeenCalledTimes(2);
  });

  it('draws nothing while the tab is hidden, and the newest numbers when it comes back', () => {
    const store = new LiveStore();
    const listener = vi.fn();
    const channel = store.channel(1_000);
    channel.subscribe(listener);
    const tick = ticking(store);
    listener.mockClear();
    store.setVisible(false);
    tick(30);
    expect(listener).not.toHaveBeenCalled();
    store.setVisible(true);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(channel.read().throughput).toBe(30);
  });

  it('forgets who unsubscribed', () => {
    const store = new LiveStore();
    const listener = vi.fn();
    store.channel(1_000).subscribe(listener)();
    ticking(store)(3);
    expect(listener).not.toHaveBeenCalled();
  });
});
