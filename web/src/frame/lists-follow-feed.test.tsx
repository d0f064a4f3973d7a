import { useQuery } from '@tanstack/react-query';
import { act } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { camerasQuery, placesQuery } from '../api/queries.ts';
import type { Camera, LiveMessage } from '../api/types.ts';
import { applyMessage } from '../live/state.ts';
import type { LiveStore } from '../live/store.ts';
import { camera, cameraNow, deltaOf, place, placeNow, snapshotOf } from '../test/samples.ts';
import { heard, show } from '../test/show.tsx';
import { ListsFollowFeed } from './lists-follow-feed.tsx';

const server = vi.hoisted(() => ({ asked: [] as string[], cameras: [] as Camera[] }));
vi.mock('../api/client.ts', () => ({
  api: {
    places: async () => {
      server.asked.push('places');
      return { places: [place()] };
    },
    cameras: async () => {
      server.asked.push('cameras');
      return { cameras: server.cameras };
    },
  },
}));

function Page() {
  useQuery(placesQuery);
  useQuery(camerasQuery);
  return <ListsFollowFeed />;
}

let store: LiveStore;
let now: number;

async function says(message: LiveMessage) {
  now += 1_000;
  await act(async () => store.update((state) => applyMessage(state, message, now)));
}

/** A page that has its lists and its first snapshot, and has asked for nothing since. */
beforeEach(async () => {
  server.asked = [];
  server.cameras = [camera()];
  store = heard({});
  now = store.state.receivedAt ?? 0;
  await act(async () => void show(<Page />, store));
  expect(server.asked.sort()).toEqual(['cameras', 'places']);
  server.asked = [];
});

it('asks for nothing while the feed speaks of what is in the lists', async () => {
  for (let seq = 2; seq < 60; seq += 1)
    await says(deltaOf({ seq, cameras: [cameraNow()], places: [placeNow()] }));
  expect(server.asked).toEqual([]);
});

it('asks for the cameras when one is named that they do not have, and once', async () => {
  for (let seq = 2; seq < 10; seq += 1)
    await says(deltaOf({ seq, cameras: [cameraNow({ cameraId: 'new', status: 'new' })] }));
  expect(server.asked).toEqual(['cameras']);
  server.asked = [];
  await says(deltaOf({ seq: 10, cameras: [cameraNow({ cameraId: 'newer', status: 'new' })] }));
  expect(server.asked).toEqual(['cameras']);
});

it('asks for the cameras when a retired one is put back, and not when one retires', async () => {
  server.cameras = [camera({ status: 'retired' })];
  await says(deltaOf({ seq: 2, cameras: [cameraNow({ status: 'retired' })] }));
  expect(server.asked).toEqual([]);
  await says(snapshotOf({ seq: 3, cameras: [cameraNow({ status: 'retired' })] }));
  server.asked = [];
  server.cameras = [camera()];
  await says(deltaOf({ seq: 4, cameras: [cameraNow({ status: 'offline' })] }));
  expect(server.asked).toEqual(['cameras']);
});

it('asks for the places when one is named that they do not have', async () => {
  await says(deltaOf({ seq: 2, places: [placeNow({ placeId: 'annex' })] }));
  expect(server.asked).toEqual(['places']);
});

it('asks for both after a snapshot: names, zones and capacities may have changed', async () => {
  await says(snapshotOf({ seq: 2 }));
  expect(server.asked.sort()).toEqual(['cameras', 'places']);
});
