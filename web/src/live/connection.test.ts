import { beforeEach, describe, expect, it } from 'vitest';
import { FakeEdge } from '../test/fake-edge.ts';
import { deltaOf, placeNow, snapshotOf } from '../test/samples.ts';
import { LiveConnection } from './connection.ts';
import { LiveStore } from './store.ts';

let edge: FakeEdge;
let store: LiveStore;
let connection: LiveConnection;

beforeEach(() => {
  edge = new FakeEdge();
  store = new LiveStore();
  connection = new LiveConnection(edge, store);
});

const phase = () => store.state.phase;
const occupancy = () => store.state.places.get('tower')?.occupancy;

async function live() {
  connection.start();
  await edge.pass(0);
  edge.socket.says(snapshotOf());
}

describe('connecting', () => {
  it('fetches a ticket, opens a socket and is live with the first message', async () => {
    connection.start();
    expect(phase()).toBe('connecting');
    await edge.pass(0);
    expect(edge.socket).toMatchObject({ ticket: 'ticket 1', since: null });
    expect(phase()).toBe('connecting');
    edge.socket.says(snapshotOf());
    expect(phase()).toBe('live');
    expect(occupancy()).toBe(142);
  });

  it('opens one connection however often it is started', async () => {
    connection.start();
    connection.start();
    await edge.pass(100);
    expect(edge.sockets).toHaveLength(1);
  });
});

describe('a break', () => {
  it('says Reconnecting at once and resumes after the last number it has', async () => {
    await live();
    edge.socket.says(deltaOf({ seq: 7 }));
    edge.socket.drops();
    expect(phase()).toBe('reconnecting');
    await edge.pass(500);
    expect(edge.sockets).toHaveLength(2);
    expect(edge.socket.since).toBe(7);
    edge.socket.says(deltaOf({ seq: 8, places: [placeNow({ occupancy: 150 })] }));
    expect(phase()).toBe('live');
    expect(occupancy()).toBe(150);
    expect(store.state.downSince).toBeNull();
  });

  it('waits 0.5 s, doubling up to 15 s', async () => {
    await live();
    edge.reachable = false;
    edge.socket.drops();
    const tried: number[] = [];
    const ticket = edge.ticket;
    edge.ticket = async (signal) => {
      tried.push(edge.time);
      return ticket(signal);
    };
    await edge.pass(60_000);
    const waits = tried.map((time, index) => time - (tried[index - 1] ?? 0));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  it('does not come back before the time a full server asked for', async () => {
    await live();
    edge.full = 10;
    edge.socket.drops();
    await edge.pass(500);
    edge.full = null;
    await edge.pass(10_999);
    expect(edge.sockets).toHaveLength(1);
    await edge.pass(1);
    expect(edge.sockets).toHaveLength(2);
  });

  it('comes back within about a minute, whatever it was asked for', async () => {
    await live();
    edge.full = 3_600;
    edge.socket.drops();
    await edge.pass(500);
    edge.full = null;
    await edge.pass(60_999);
    expect(edge.sockets).toHaveLength(1);
    await edge.pass(1);
    expect(edge.sockets).toHaveLength(2);
  });

  it('is Offline since the moment of the break after 15 s, and live again without being told', async () => {
    await live();
    await edge.pass(2_000);
    edge.reachable = false;
    edge.socket.drops();
    await edge.pass(20_000);
    expect(phase()).toBe('offline');
    expect(store.state.downSince).toBe(2_000);
    edge.reachable = true;
    await edge.pass(15_000);
    edge.socket.says(snapshotOf({ seq: 2 }));
    expect(phase()).toBe('live');
  });

  it('is Offline 15 s after the break, whenever the next attempt fails', async () => {
    await live();
    edge.swallowing = true;
    edge.socket.drops();
    await edge.pass(14_999);
    expect(phase()).toBe('reconnecting');
    await edge.pass(1);
    expect(phase()).toBe('offline');
  });

  it('is not Offline when it was live in between', async () => {
    await live();
    edge.socket.drops();
    await edge.pass(500);
    edge.socket.says(snapshotOf());
    for (let seq = 2; seq < 22; seq += 1) {
      await edge.pass(1_000);
      edge.socket.says(deltaOf({ seq }));
      expect(phase()).toBe('live');
    }
  });

  it('starts the waits anew after a success', async () => {
    await live();
    for (let n = 0; n < 5; n += 1) {
      edge.socket.drops();
      await edge.pass(500);
      edge.socket.says(snapshotOf());
      expect(phase()).toBe('live');
    }
  });

  it('does not wait out a long pause when the tab comes back', async () => {
    await live();
    edge.reachable = false;
    edge.socket.drops();
    await edge.pass(20_000);
    edge.reachable = true;
    connection.wake();
    await edge.pass(0);
    edge.socket.says(snapshotOf());
    expect(phase()).toBe('live');
  });

  it('ignores what a socket says after it was given up', async () => {
    await live();
    const old = edge.socket;
    const { onmessage } = old;
    old.drops();
    await edge.pass(500);
    edge.socket.says(snapshotOf({ seq: 5, places: [placeNow({ occupancy: 10 })] }));
    onmessage?.({ data: JSON.stringify(deltaOf({ seq: 6, places: [placeNow({ occupancy: 99 })] })) });
    expect(occupancy()).toBe(10);
  });
});

describe('silence', () => {
  it('is Delayed after 3 s and live again with the next message', async () => {
    await live();
    await edge.pass(2_999);
    expect(phase()).toBe('live');
    await edge.pass(1);
    expect(phase()).toBe('delayed');
    edge.socket.says(deltaOf({ seq: 2 }));
    expect(phase()).toBe('live');
  });

  it('gives a silent socket up after 15 s, because half-open connections never close', async () => {
    await live();
    const silent = edge.socket;
    await edge.pass(15_000);
    expect(silent.closed).toBe(true);
    expect(phase()).toBe('reconnecting');
    await edge.pass(500);
    expect(edge.sockets).toHaveLength(2);
  });
});

describe('a network that swallows everything', () => {
  it('costs a ticket 8 s, and another is asked for', async () => {
    edge.swallowing = true;
    connection.start();
    await edge.pass(7_999);
    expect(phase()).toBe('connecting');
    await edge.pass(1);
    expect(phase()).toBe('reconnecting');
    edge.swallowing = false;
    await edge.pass(500);
    edge.socket.says(snapshotOf());
    expect(phase()).toBe('live');
  });

  it('is over within 20 s of its end, whenever that is', async () => {
    for (let outage = 15_000; outage <= 120_000; outage += 500) {
      edge = new FakeEdge();
      store = new LiveStore();
      connection = new LiveConnection(edge, store);
      await live();
      edge.swallowing = true;
      await edge.pass(outage);
      edge.swallowing = false;
      await edge.pass(20_000 - 1_000);
      expect(edge.sockets.length, `after ${outage} ms`).toBeGreaterThan(1);
      connection.stop();
    }
  });

  it('leaves no request behind when the connection is stopped', async () => {
    edge.swallowing = true;
    const asked: AbortSignal[] = [];
    const { ticket } = edge;
    edge.ticket = (signal) => {
      asked.push(signal);
      return ticket(signal);
    };
    connection.start();
    await edge.pass(1_000);
    connection.stop();
    expect(asked.map((signal) => signal.aborted)).toEqual([true]);
    await edge.pass(60_000);
    expect(phase()).toBe('connecting');
  });
});

describe('nonsense', () => {
  it.each(['', '{', 'null', '{"type":"delta"}', '{"type":"snapshot","seq":1,"at":"soon"}'])(
    'reconnects on %j instead of showing it',
    async (text) => {
      await live();
      const before = store.state.places;
      edge.socket.says(text);
      expect(phase()).toBe('reconnecting');
      expect(store.state.places).toBe(before);
    },
  );
});

describe('sign-in', () => {
  it('stops when the ticket is refused', async () => {
    edge.signedIn = false;
    connection.start();
    await edge.pass(60_000);
    expect(phase()).toBe('signed-out');
    expect(edge.sockets).toHaveLength(0);
  });

  it('stops when the server closes with 4401', async () => {
    await live();
    edge.signedIn = false;
    edge.socket.drops(4401);
    await edge.pass(60_000);
    expect(phase()).toBe('signed-out');
    expect(edge.sockets).toHaveLength(1);
  });

  it('goes on where the browser has another session since', async () => {
    await live();
    edge.socket.drops(4401);
    await edge.pass(100);
    expect(edge.sockets).toHaveLength(2);
    edge.socket.says(deltaOf());
    expect(phase()).toBe('live');
  });

  it('stops when the server closes with 4401 before it has said anything', async () => {
    connection.start();
    await edge.pass(0);
    edge.socket.drops(4401);
    await edge.pass(60_000);
    expect(phase()).toBe('signed-out');
    expect(edge.sockets).toHaveLength(1);
  });
});

describe('WebSockets that do not get through', () => {
  async function blocked() {
    connection.start();
    await edge.pass(0);
    edge.socket.drops();
    await edge.pass(500);
    edge.socket.drops();
    await edge.pass(0);
  }

  it('falls back to a snapshot every 5 s', async () => {
    await blocked();
    expect(phase()).toBe('polling');
    expect(occupancy()).toBe(142);
    await edge.pass(20_000);
    expect(edge.polls).toBe(5);
  });

  it('raises the epoch with the first snapshot and after a break, and not with each poll', async () => {
    await blocked();
    const first = store.state.epoch;
    await edge.pass(20_000);
    expect(store.state.epoch).toBe(first);
    edge.reachable = false;
    await edge.pass(5_000);
    edge.reachable = true;
    await edge.pass(20_000);
    expect(store.state.epoch).toBe(first + 1);
  });

  it('counts a socket that opens and never speaks as blocked', async () => {
    connection.start();
    await edge.pass(8_000 + 500 + 8_000);
    expect(phase()).toBe('polling');
  });

  it('tries the socket again each minute, and stops polling when it speaks', async () => {
    await blocked();
    await edge.pass(60_000);
    expect(phase()).toBe('polling');
    edge.socket.says(snapshotOf({ seq: 2_000 }));
    expect(phase()).toBe('live');
    const { polls } = edge;
    await edge.pass(2_000);
    expect(edge.polls).toBe(polls);
  });

  it('goes on polling when the retried socket is blocked again', async () => {
    await blocked();
    await edge.pass(60_000);
    edge.socket.drops();
    await edge.pass(10_000);
    expect(phase()).toBe('polling');
  });

  it('says so when the server cannot be polled either, and recovers', async () => {
    await blocked();
    edge.reachable = false;
    await edge.pass(5_000);
    expect(phase()).toBe('reconnecting');
    await edge.pass(20_000);
    expect(phase()).toBe('offline');
    edge.reachable = true;
    await edge.pass(5_000);
    expect(phase()).toBe('polling');
  });
});

describe('a poll that gets no answer', () => {
  it('is given up after 8 s and said, and the next one may be answered', async () => {
    connection.start();
    await edge.pass(0);
    edge.socket.drops();
    await edge.pass(500);
    edge.socket.drops();
    await edge.pass(0);
    expect(phase()).toBe('polling');
    edge.swallowing = true;
    await edge.pass(5_000 + 7_999);
    expect(phase()).toBe('polling');
    await edge.pass(1);
    expect(phase()).toBe('reconnecting');
    edge.swallowing = false;
    await edge.pass(5_000);
    expect(phase()).toBe('polling');
  });

  it('disturbs nobody once the socket speaks again', async () => {
    connection.start();
    await edge.pass(0);
    edge.socket.drops();
    await edge.pass(500);
    edge.socket.drops();
    await edge.pass(54_000);
    edge.swallowing = true;
    await edge.pass(2_000);
    edge.swallowing = false;
    await edge.pass(4_000);
    edge.socket.says(snapshotOf({ seq: 2_000 }));
    for (let seq = 2_001; seq < 2_012; seq += 1) {
      await edge.pass(1_000);
      edge.socket.says(deltaOf({ seq }));
      expect(phase()).toBe('live');
    }
  });
});

describe('stop', () => {
  it('closes the socket and never comes back', async () => {
    await live();
    connection.stop();
    expect(edge.socket.closed).toBe(true);
    await edge.pass(120_000);
    expect(edge.sockets).toHaveLength(1);
  });

  it('leaves no socket behind when the ticket comes too late', async () => {
    connection.start();
    connection.stop();
    await edge.pass(60_000);
    expect(edge.sockets).toHaveLength(0);
  });
});
