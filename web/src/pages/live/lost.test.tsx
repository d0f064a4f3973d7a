/** What the page says once nothing is heard any more: everything as of the last word, nothing in the present tense. */
import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveState } from '../../live/state.ts';
import { camera, place } from '../../test/samples.ts';
import { heard, show } from '../../test/show.tsx';
import { CamerasCard } from './cameras-card.tsx';
import { CounterCard } from './counter-card.tsx';
import { HealthCard } from './health-card.tsx';
import { LatencyCard } from './latency-card.tsx';
import { ThroughputCard } from './throughput-card.tsx';

vi.mock('../../kit/plot.ts', () => ({ plot: () => ({ update() {}, cursor() {}, destroy() {} }) }));

const cameras = [camera()];
const zone = place().timeZone;

const cards: [string, string, React.ReactNode][] = [
  ['Health', 'Health · as of 18:30:00', <HealthCard key="h" place={place()} cameras={cameras} />],
  [
    'Cameras',
    'Cameras · as of 18:30:00',
    <CamerasCard key="c" place={place()} places={[place()]} cameras={cameras} />,
  ],
  ['Latency', 'Latency · as of 18:30:00', <LatencyCard key="l" cameras={cameras} timeZone={zone} />],
  ['Throughput', 'Throughput · as of 18:30:00', <ThroughputCard key="t" timeZone={zone} />],
  ['People inside now', 'People inside at 18:30:00', <CounterCard key="i" place={place()} outages={[]} />],
];

const region = () => screen.getByRole('region');

function showNow(card: React.ReactNode, change: Partial<LiveState> = {}) {
  return show(card, heard({}, 0, change));
}

const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe.each(cards)('%s', (present, past, card) => {
  it('is of now while the feed is alive', () => {
    showNow(card);
    pass(4_000);
    expect(screen.getByRole('heading').textContent).toBe(present);
  });

  it('is as of the last word some seconds after it, and looks like it', () => {
    showNow(card, { phase: 'reconnecting' });
    pass(7_500);
    expect(screen.getByRole('heading').textContent).toBe(past);
    expect(region().dataset.state).toBe('stale');
  });

  it('waits for three polls where one comes every five seconds', () => {
    showNow(card, { phase: 'polling' });
    pass(14_000);
    expect(screen.getByRole('heading').textContent).toBe(present);
    pass(2_500);
    expect(screen.getByRole('heading').textContent).toBe(past);
  });

  it('is of now again with the next word', () => {
    const { store } = showNow(card, { phase: 'reconnecting' });
    pass(7_500);
    act(() => store.update((state) => ({ ...state, phase: 'live', receivedAt: Date.now() })));
    expect(screen.getByRole('heading').textContent).toBe(present);
  });
});

it('says with its date what was so on another day', () => {
  showNow(<ThroughputCard timeZone={zone} />, { phase: 'offline' });
  pass(6 * 3_600_000);
  expect(screen.getByRole('heading').textContent).toBe('Throughput · as of 14 Nov 2026, 18:30:00');
});

it('says it of every camera, of its mark and in its panel', () => {
  showNow(<CamerasCard place={place()} places={[place()]} cameras={cameras} />, { phase: 'offline' });
  pass(7_500);
  const mark = screen.getByRole('button', { name: 'C-01: online as of 18:30:00' });
  fireEvent.click(mark);
  expect(screen.getByText('As of 18:30:00: this screen has heard nothing since.')).toBeTruthy();
});

it('reads the number out as one of the past', () => {
  showNow(<CounterCard place={place()} outages={[]} />, { phase: 'offline' });
  pass(7_500);
  fireEvent.click(screen.getByRole('button', { name: 'Say the current value' }));
  expect(screen.getByRole('status').textContent).toBe('142 inside at 18:30:00');
  expect(region().textContent).toContain('Data to 18:30:00, last heard 7 seconds ago');
});
