import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Camera, CameraNow } from '../../api/types.ts';
import { camera, cameraNow, place } from '../../test/samples.ts';
import { heard, show } from '../../test/show.tsx';
import { CamerasCard } from './cameras-card.tsx';

vi.mock('../../kit/plot.ts', () => ({ plot: () => ({ update() {}, cursor() {}, destroy() {} }) }));
vi.mock('../../api/client.ts', () => ({
  api: {
    cameraRealtime: async () => ({ trends: { timestamps: [], occupancy: [], count: [], coverage: [] } }),
  },
}));

const LONG = 'Main entrance of the northern building, second door from the left';

async function openList() {
  const cameras = [camera({ id: 'a', name: LONG, offlineAfterSeconds: 300 }), camera({ id: 'b', name: ' ' })];
  show(<CamerasCard place={place()} places={[place()]} cameras={cameras} />, heard({ cameras: [] }));
  fireEvent.click(screen.getByRole('button', { name: 'List' }));
  return screen.findByRole('dialog');
}

describe('the panel of cameras', () => {
  it('takes the focus along into a camera, and back to its row in the list', async () => {
    const panel = await openList();
    const row = within(panel).getByRole('button', { name: new RegExp(LONG) });
    row.focus();
    fireEvent.click(row);
    expect(document.activeElement).toBe(within(panel).getByRole('heading', { name: LONG }));
    fireEvent.click(within(panel).getByRole('button', { name: 'All cameras' }));
    expect((document.activeElement as HTMLElement).dataset.row).toBe('a');
  });

  it('gives the whole of a name that may be cut', async () => {
    const panel = await openList();
    expect(within(panel).getByText(LONG).title).toBe(LONG);
  });

  it('says what is true of a camera without lines, and when it counts as silent', async () => {
    const panel = await openList();
    fireEvent.click(within(panel).getByRole('button', { name: new RegExp(LONG) }));
    const fact = (name: string) => within(panel).getByText(name).nextElementSibling?.textContent;
    expect(fact('Lines')).toBe('every line its events name');
    expect(fact('Heartbeat')).toBe('every 30 s, offline after 5 mins of silence');
  });

  it('says by how much the clock of a camera that is there is wrong', async () => {
    const told = { status: 'error', lastSeen: '2026-11-14T11:30:00.000Z', asOf: '2026-11-08T11:29:00.000Z' };
    show(
      <CamerasCard place={place()} places={[place()]} cameras={[camera({ name: 'Door' })]} />,
      heard({ cameras: [cameraNow(told as Partial<CameraNow>)] }),
    );
    expect(screen.queryByText('No camera needs attention.')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: /^Door: / }));
    const panel = await screen.findByRole('dialog');
    const said = within(panel).getByText('Newest data').nextElementSibling?.textContent;
    expect(said).toContain('6 days ago when they came: its clock is wrong, or it sends what it stored');
  });

  const today = async (now: Partial<CameraNow> | null) => {
    const live = now === null ? [] : [cameraNow(now)];
    show(
      <CamerasCard place={place()} places={[place()]} cameras={[camera({ name: 'Door' })]} />,
      heard({ cameras: live }),
    );
    fireEvent.click(screen.getByRole('button', { name: /^Door: / }));
    const panel = await screen.findByRole('dialog');
    const facts = [...panel.querySelectorAll('dt')].slice(2, 4);
    return facts.map((fact) => `${fact.textContent}: ${fact.nextElementSibling?.textContent}`);
  };

  it('says how many a camera counted today', async () => {
    expect(await today({ inToday: 3, outToday: 0 })).toEqual(['In today: 3', 'Out today: 0']);
  });

  it('knows nothing, which is not zero, of a camera that was never heard from', async () => {
    const dashes = ['In today: –', 'Out today: –'];
    expect(await today({ status: 'new', lastSeen: null, inToday: 0, outToday: 0 })).toEqual(dashes);
    cleanup();
    expect(await today({ inToday: null, outToday: null })).toEqual(dashes);
    cleanup();
    expect(await today({ lastSeen: '2026-11-12T10:00:00Z', inToday: null, outToday: null })).toEqual(dashes);
    cleanup();
    expect(await today(null)).toEqual(dashes);
  });

  it('names the day of the counts where the camera is silent since, by the midnight of its zone', async () => {
    const silent = { status: 'offline', inToday: 40, outToday: 38 } as const;
    // Midnight in Ho Chi Minh City is 17:00 UTC.
    expect(await today({ ...silent, lastSeen: '2026-11-13T16:59:59Z' })).toEqual([
      'In on 13 Nov 2026: 40',
      'Out on 13 Nov 2026: 38',
    ]);
    cleanup();
    expect(await today({ ...silent, lastSeen: '2026-11-13T17:00:00Z' })).toEqual([
      'In today: 40',
      'Out today: 38',
    ]);
  });

  it('does not miss a retired camera', async () => {
    const cameras = [camera({ id: 'a', name: 'Here' }), camera({ id: 'b', name: 'Gone', status: 'retired' })];
    show(<CamerasCard place={place()} places={[place()]} cameras={cameras} />, heard({ cameras: [] }));
    expect(screen.queryByLabelText(/Gone/)).toBeNull();
    expect(screen.getByLabelText(/Here/)).toBeDefined();
  });

  it('lets a camera go that is not in the list any more, although the feed still knows it', async () => {
    const gone = camera({ id: 'a', name: 'Gone' });
    const here = camera({ id: 'b', name: 'Here' });
    let listed: (cameras: Camera[]) => void = () => {};
    function Page() {
      const [cameras, setCameras] = useState([gone, here]);
      listed = setCameras;
      return <CamerasCard place={place()} places={[place()]} cameras={cameras} />;
    }
    show(<Page />, heard({ cameras: [cameraNow({ cameraId: 'a' }), cameraNow({ cameraId: 'b' })] }));
    fireEvent.click(screen.getByRole('button', { name: 'Gone: online' }));
    const panel = await screen.findByRole('dialog');
    within(panel).getByRole('button', { name: 'All cameras' }).focus();

    act(() => listed([here]));
    expect(screen.queryByLabelText(/Gone/)).toBeNull();
    expect(document.activeElement).toBe(within(panel).getByRole('heading', { name: 'Cameras' }));

    act(() => listed([gone, here]));
    expect(within(panel).getByRole('heading', { level: 2 }).textContent).toBe('Cameras');
  });

  it('calls a camera without a name by its id', async () => {
    const panel = await openList();
    expect(within(panel).getByText('b').title).toBe('b');
  });
});
