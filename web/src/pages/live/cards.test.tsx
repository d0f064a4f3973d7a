import { i18n } from '@lingui/core';
import { act, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Camera } from '../../api/types.ts';
import { applyMessage } from '../../live/state.ts';
import { messages } from '../../locales/vi/messages.po';
import { AT, camera, cameraNow, deltaOf, place, placeNow } from '../../test/samples.ts';
import { heard, show } from '../../test/show.tsx';
import { CamerasCard } from './cameras-card.tsx';
import { CounterCard } from './counter-card.tsx';
import { HealthCard } from './health-card.tsx';
import { LatencyCard } from './latency-card.tsx';
import { ThroughputCard } from './throughput-card.tsx';

const state = (name: string) => screen.getByRole('region', { name }).dataset.state;

describe('the counter', () => {
  const counter = (now: Parameters<typeof placeNow>[0], agoMs = 0) =>
    show(<CounterCard place={place()} outages={[]} />, heard({ places: [placeNow(now)] }, agoMs));

  it('says how many of how many, in and out', () => {
    counter({});
    expect(screen.getByTestId('occ').textContent).toBe('142');
    const text = screen.getByRole('region').textContent;
    expect(text).toContain('of 220 (64.5%)');
    expect(text).toContain('In today 1,204');
    expect(text).toContain('Data to 18:30:00 · everything seen');
    expect(state('People inside now')).toBe('ready');
  });

  it('is partial when a part of the place is not seen', () => {
    counter({ coverage: 0.992 });
    expect(state('People inside now')).toBe('partial');
    expect(screen.getByRole('region').textContent).toContain('only 99.2% of the place is seen');
  });

  it('is stale, with its age in words, when nothing was heard for long', () => {
    counter({}, 12_000);
    expect(state('People inside at 18:30:00')).toBe('stale');
    expect(screen.getByRole('region').textContent).toContain('last heard 12 seconds ago');
  });

  it('says how far behind its data are while the server catches up', () => {
    counter({ asOf: '2026-11-14T11:13:00.000Z' });
    expect(state('People inside now')).toBe('stale');
    expect(screen.getByRole('region').textContent).toContain('Data to 18:13:00, 17 minutes ago');
  });

  it('names the day when its numbers are not of today', () => {
    counter({ asOf: '2026-11-12T20:00:00.000Z' });
    const text = screen.getByRole('region').textContent;
    expect(text).toContain('In on 13 Nov 2026 1,204');
    expect(text).toContain('Data to 13 Nov 2026, 03:00:00');
    expect(state('People inside on 13 Nov 2026, 03:00:00')).toBe('stale');
    expect(text).not.toContain('now');
    fireEvent.click(screen.getByRole('button', { name: 'Say the current value' }));
    expect(screen.getByRole('status').textContent).toBe('142 inside on 13 Nov 2026, 03:00:00');
  });

  it('tells who passed where nobody measures an inside, and makes no number of it', () => {
    counter({ occupancy: null, rawOccupancy: null, inToday: 0, outToday: 0, passToday: 2_470 });
    expect(state('People who passed today')).toBe('ready');
    expect(screen.getByTestId('passed').textContent).toBe('2,470');
    expect(screen.queryByTestId('occ')).toBeNull();
    const text = screen.getByRole('region').textContent;
    expect(text).toContain('How many are inside is not measured');
    for (const word of ['capacity', '%)', 'In today', 'People inside now']) expect(text).not.toContain(word);
    fireEvent.click(screen.getByRole('button', { name: 'Say the current value' }));
    expect(screen.getByRole('status').textContent).toBe('People who passed today: 2,470');
  });

  it('tells who passed of their day, and until when it was heard', () => {
    const street = { occupancy: null, rawOccupancy: null, passToday: 7 };
    const { unmount } = counter({ ...street, asOf: '2026-11-12T20:00:00.000Z' });
    expect(state('People who passed on 13 Nov 2026')).toBe('stale');
    unmount();
    counter(street, 12_000);
    expect(state('People who passed today until 18:30:00')).toBe('stale');
  });

  it('says in Vietnamese, too, that nothing is measured inside', () => {
    i18n.loadAndActivate({ locale: 'vi', messages });
    counter({ occupancy: null, rawOccupancy: null, passToday: 7 });
    expect(screen.getByRole('region').textContent).toContain('không được đo');
  });

  it('is empty, not zero, while no camera has ever reported', () => {
    counter({ occupancy: 0, asOf: null, coverage: 0 });
    expect(state('People inside now')).toBe('empty');
    const text = screen.getByRole('region').textContent;
    expect(text).toContain('–No data yet');
    expect(text).not.toContain('0');
    expect(screen.queryByRole('button', { name: 'Say the current value' })).toBeNull();
  });

  it('is stale while no camera is online', () => {
    counter({ coverage: 0 });
    expect(state('People inside now')).toBe('stale');
    expect(screen.getByRole('region').textContent).toContain('no camera is online');
  });

  it('is stale, and says why, as soon as no camera feeds the place any more', () => {
    counter({ coverage: null });
    expect(state('People inside now')).toBe('stale');
    const text = screen.getByRole('region').textContent;
    expect(text).toMatch(/Data to 18:30:00, \d+ seconds? ago · no camera feeds this place now$/);
    expect(text).not.toContain('everything seen');
  });

  it('still says why when the last camera is long gone', () => {
    counter({ coverage: null, asOf: '2026-11-14T11:13:00.000Z' });
    expect(screen.getByRole('region').textContent).toMatch(
      /Data to 18:13:00, 17 minutes ago · no camera feeds this place now$/,
    );
  });

  it('says in Vietnamese, too, that no camera feeds the place', () => {
    i18n.loadAndActivate({ locale: 'vi', messages });
    counter({ coverage: null });
    expect(screen.getByRole('region').textContent).toContain('hiện không có camera nào đếm cho nơi này');
  });

  it('warns in words near and above the capacity', () => {
    counter({ occupancy: 198 });
    expect(screen.getByText('Nearly full')).toBeTruthy();
  });

  it('says that it is over, not only in red', () => {
    counter({ occupancy: 221 });
    expect(screen.getByText('Over capacity')).toBeTruthy();
  });

  it('does not ask to reset the count of a day gone by', () => {
    counter({ occupancy: 0, rawOccupancy: -3, asOf: '2026-11-12T20:00:00.000Z' });
    expect(screen.getByRole('region').textContent).not.toContain('reset');
  });

  it('never shows a negative number of people, but says that the count drifted', () => {
    counter({ occupancy: 0, rawOccupancy: -3 });
    expect(screen.getByTestId('occ').textContent).toBe('0');
    expect(screen.getByRole('region').textContent).toContain('More went out than came in (-3)');
  });

  it('forgets a capacity with the live feed, before the list of places does', () => {
    show(
      <CounterCard place={place({ capacity: 220 })} outages={[]} />,
      heard({ places: [placeNow({ capacity: null })] }),
    );
    expect(screen.getByRole('region').textContent).toContain('no capacity set');
  });

  it('lives without a capacity', () => {
    show(
      <CounterCard place={place({ capacity: null })} outages={[]} />,
      heard({ places: [placeNow({ capacity: null })] }),
    );
    expect(screen.getByRole('region').textContent).toContain('no capacity set');
  });

  it('is empty, not zero, for a place nobody reported on', () => {
    show(<CounterCard place={place({ id: 'cellar' })} outages={[]} />, heard({}));
    expect(state('People inside now')).toBe('empty');
    expect(screen.queryByTestId('occ')).toBeNull();
  });

  it('is read out only on request', () => {
    counter({});
    const said = () => screen.getByRole('status').textContent;
    expect(said()).toBe('');
    fireEvent.click(screen.getByRole('button', { name: 'Say the current value' }));
    expect(said()).toBe('142 inside now, of 220');
  });
});

describe('throughput and latency', () => {
  it('say their number and unit, and of how many cameras it is', () => {
    const store = heard({ throughput: 117.62, cameras: [cameraNow({ latencyMs: 1_240 })] });
    show(<ThroughputCard timeZone="UTC" />, store);
    show(<LatencyCard cameras={[camera()]} timeZone="UTC" />, store);
    expect(screen.getByText('events/s').parentElement?.textContent).toBe('118 events/s');
    expect(screen.getByText('p95 of 1 camera').parentElement?.textContent).toBe('1.24 s p95 of 1 camera');
  });

  it('throughput is being measured, and not 0, right after a start', () => {
    const store = heard({ throughput: null });
    expect(store.state.kpis.at(-1)?.throughput).toBeNull();
    show(<ThroughputCard timeZone="UTC" />, store);
    expect(screen.getByRole('region').textContent).toContain('Measuring: the server has just started.');
    expect(screen.queryByTestId('throughput')).toBeNull();
  });

  const two = [camera({ id: 'a' }), camera({ id: 'b' })];
  const fast = cameraNow({ cameraId: 'a', latencyMs: 400 });

  it.each(['offline', 'error', 'retired', 'new'] as const)(
    'latency leaves out a camera that is %s: what it sent last is not now',
    (status) => {
      const gone = cameraNow({ cameraId: 'b', latencyMs: 90_000, status });
      show(<LatencyCard cameras={two} timeZone="UTC" />, heard({ cameras: [fast, gone] }));
      expect(screen.getByText('p95 of 1 camera').parentElement?.textContent).toBe('400 ms p95 of 1 camera');
    },
  );

  it('latency leaves out a camera that was removed, or retired since the feed last spoke of it', () => {
    const gone = cameraNow({ cameraId: 'b', latencyMs: 90_000 });
    const [here] = two;
    const retired = camera({ id: 'b', status: 'retired' });
    const store = heard({ cameras: [fast, gone] });
    const { unmount } = show(<LatencyCard cameras={[here as Camera]} timeZone="UTC" />, store);
    expect(screen.getByText('p95 of 1 camera')).toBeTruthy();
    unmount();
    show(<LatencyCard cameras={[here as Camera, retired]} timeZone="UTC" />, store);
    expect(screen.getByText('p95 of 1 camera')).toBeTruthy();
  });

  it('latency is empty, not zero, before anything was measured', () => {
    show(
      <LatencyCard cameras={[camera()]} timeZone="UTC" />,
      heard({ cameras: [cameraNow({ latencyMs: null })] }),
    );
    expect(state('Latency')).toBe('empty');
  });

  it('latency is empty, not old, while no camera is online', () => {
    show(
      <LatencyCard cameras={[camera()]} timeZone="UTC" />,
      heard({ cameras: [cameraNow({ status: 'offline' })] }),
    );
    expect(state('Latency')).toBe('empty');
  });
});

describe('cameras', () => {
  const all = [
    camera({ id: 'a', name: 'A' }),
    camera({ id: 'b', name: 'B' }),
    camera({ id: 'c', name: 'C' }),
    camera({ id: 'd', name: 'D' }),
  ];
  const now = [
    cameraNow({ cameraId: 'a' }),
    cameraNow({ cameraId: 'b', status: 'offline', lastSeen: '2026-11-14T08:18:00Z' }),
    cameraNow({ cameraId: 'c', status: 'error' }),
  ];
  const cameras = () =>
    show(<CamerasCard place={place()} places={[place()]} cameras={all} />, heard({ cameras: now }));

  it('are counted by what the live feed says, and by the catalogue where it is silent', () => {
    cameras();
    const [summary] = screen.getAllByRole('list');
    expect(
      within(summary as HTMLElement)
        .getAllByRole('listitem')
        .map((item) => item.textContent),
    ).toEqual(['1 online', '1 error', '1 offline', '1 new']);
  });

  it('that need attention come first, worst on top, with age', () => {
    cameras();
    const rows = screen.getAllByRole('button').filter((button) => button.textContent?.includes('last seen'));
    expect(rows.map((row) => row.textContent)).toEqual([
      'Cerror, last seen 0 seconds ago',
      'Boffline, last seen 3 hours ago',
    ]);
  });

  it("give the whole of a zone's name that may be cut", () => {
    const name = 'Ground floor, concourse and northern street doors';
    show(<CamerasCard place={place({ name })} places={[place({ name })]} cameras={all} />, heard({}));
    expect(screen.getByText(name).title).toBe(name);
  });

  it('are one stop of the Tab key, with arrows inside', () => {
    cameras();
    const marks = screen.getAllByRole('button').filter((button) => button.dataset.camera);
    expect(marks.map((mark) => mark.tabIndex)).toEqual([0, -1, -1, -1]);
    marks[0]?.focus();
    fireEvent.keyDown(marks[0] as HTMLElement, { key: 'ArrowRight' });
    expect((document.activeElement as HTMLElement).dataset.camera).toBe('b');
  });

  it('make the verdict', () => {
    show(<HealthCard place={place()} cameras={all} />, heard({ cameras: now }));
    expect(screen.getByText('3 cameras need attention')).toBeTruthy();
    expect(screen.getByText('1 of 4')).toBeTruthy();
  });

  it('and nothing is well while one of them was never heard from', () => {
    show(<HealthCard place={place()} cameras={[all[0], all[3]] as Camera[]} />, heard({ cameras: now }));
    expect(screen.getByText('1 camera needs attention')).toBeTruthy();
    expect(screen.queryByText('Everything is well')).toBeNull();
  });

  it('and nothing is well while no camera ever sent anything', () => {
    show(<HealthCard place={place()} cameras={all} />, heard({ cameras: [], places: [] }));
    expect(screen.getByText('No camera is online')).toBeTruthy();
    expect(screen.queryByText('Everything is well')).toBeNull();
  });

  it('and nothing is well in a place that lost its last camera', () => {
    const left = heard({ cameras: [], places: [placeNow({ coverage: null })] });
    show(<HealthCard place={place()} cameras={[camera({ status: 'retired' })]} />, left);
    expect(screen.getByText('No camera feeds this place')).toBeTruthy();
    expect(screen.queryByText('Everything is well')).toBeNull();
  });

  it('and nothing is well in a place that cameras stand in and none counts for', () => {
    const inner = heard({ cameras: now, places: [placeNow({ coverage: null })] });
    show(<HealthCard place={place()} cameras={all.slice(0, 1)} />, inner);
    expect(screen.getByText('No camera feeds this place')).toBeTruthy();
  });

  it('and all is well when all are online and the line holds', () => {
    show(<HealthCard place={place()} cameras={all.slice(0, 1)} />, heard({ cameras: now }));
    expect(screen.getByText('Everything is well')).toBeTruthy();
  });
});

describe('health', () => {
  afterEach(() => vi.useRealTimers());

  it('tells the age of the newest data as it is, not as of the last look at the cameras', () => {
    vi.useFakeTimers({ now: Date.parse(AT) });
    const store = heard({});
    show(<HealthCard place={place()} cameras={[camera()]} />, store);
    for (let seq = 2; seq < 10; seq += 1) {
      act(() => {
        vi.advanceTimersByTime(1_000);
        const at = new Date().toISOString();
        const message = deltaOf({ seq, at, places: [placeNow({ asOf: at })] });
        store.update((before) => applyMessage(before, message, Date.now()));
      });
    }
    expect(screen.getByText('Newest data').nextElementSibling?.textContent).toBe('0 seconds ago');
    act(() => void vi.advanceTimersByTime(4_000));
    expect(screen.getByText('Newest data').nextElementSibling?.textContent).toBe('4 seconds ago');
  });
});
