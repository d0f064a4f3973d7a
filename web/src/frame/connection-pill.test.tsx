import { screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { placesQuery } from '../api/queries.ts';
import type { LiveState, Phase } from '../live/state.ts';
import { LiveStore } from '../live/store.ts';
import { place } from '../test/samples.ts';
import { show } from '../test/show.tsx';
import { ConnectionPill } from './connection-pill.tsx';

vi.mock('@tanstack/react-router', () => ({ useSearch: () => ({ place: 'tower' }) }));
vi.mock('../api/client.ts', () => ({
  api: { places: async () => ({ places: [place({ timeZone: 'Asia/Kathmandu' })] }) },
}));

describe('the connection pill', () => {
  const pill = (change: Partial<LiveState>) => {
    const store = new LiveStore();
    store.update((before) => ({ ...before, ...change }));
    return show(<ConnectionPill />, store);
  };

  it.each([
    ['connecting', 'Connecting'],
    ['live', 'Live'],
    ['delayed', 'Delayed'],
    ['reconnecting', 'Reconnecting'],
    ['polling', 'Polling every 5 s'],
    ['signed-out', 'Signed out'],
  ] as [Phase, string][])('%s is said as %s', (phase, words) => {
    pill({ phase });
    expect(screen.getByRole('status').textContent).toBe(words);
  });

  const lost = { phase: 'offline' as const, downSince: Date.parse('2026-11-14T11:30:00Z') };

  it('says since when it is offline by the clock of the place, as everything on the page', async () => {
    const { queries } = pill(lost);
    await queries.ensureQueryData(placesQuery);
    expect(await screen.findByText('Offline since 17:15')).toBeTruthy();
  });

  it('takes the moment from the clock of the server, where that of the browser is another', async () => {
    pill({ ...lost, at: 600_000, receivedAt: 0 });
    expect(await screen.findByText('Offline since 17:25')).toBeTruthy();
  });
});
