import { fireEvent, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Bucket, Outage } from '../../api/types.ts';
import { AT, place } from '../../test/samples.ts';
import { heard, show } from '../../test/show.tsx';
import { DayCard } from './day-card.tsx';

vi.mock('../../kit/plot.ts', () => ({ plot: () => ({ update() {}, cursor() {}, destroy() {} }) }));

const MIDNIGHT = Date.parse('2026-11-12T17:00:00.000Z');
const asked: URLSearchParams[] = [];

/** So many buckets of a day from midnight in Saigon on; of those without people nobody knows. */
const buckets = (minutes: number, count: number, of: (index: number) => Partial<Bucket['metrics']> | null) =>
  Array.from({ length: count }, (_, index): Bucket => {
    const metrics = of(index);
    return {
      timestamp: new Date(MIDNIGHT + index * minutes * 60_000).toISOString(),
      metrics: { occupancy: null, count: null, in: null, out: null, ...metrics },
      coverage: metrics === null ? 0 : 1,
      revision: 0,
      state: 'final',
    };
  });

function answers(hours: Bucket[], fives: Bucket[], outages: Outage[] = []) {
  const day = buckets(1_440, 1, () => ({ count: 30, in: 30, out: 28 }));
  vi.stubGlobal('fetch', async (address: string) => {
    const query = new URL(address, 'http://throng').searchParams;
    asked.push(query);
    const data = { day, hour: hours, five_minutes: fives }[query.get('interval') ?? ''];
    return new Response(JSON.stringify({ placeId: 'tower', interval: '', data, outages }));
  });
}

const open = async (day: string) => {
  const onDay = vi.fn();
  show(<DayCard place={place()} day={day} onDay={onDay} />, heard({ at: AT }));
  const said = (await screen.findByTestId('day-totals')).parentElement?.textContent ?? '';
  return { onDay, said };
};

afterEach(() => {
  vi.useRealTimers();
  asked.length = 0;
  vi.unstubAllGlobals();
});

describe('a day of a place', () => {
  it('shows who was inside, its totals, and when nobody looked', async () => {
    const fives = buckets(5, 288, (index) => (index >= 100 && index < 102 ? null : { occupancy: index % 9 }));
    const outage = { from: '2026-11-13T01:20:00.000Z', to: '2026-11-13T01:30:00.000Z', coverage: 0 };
    answers([], fives, [outage]);
    const { said } = await open('2026-11-13');
    expect(asked.map((query) => [query.get('start'), query.get('end')])).toEqual(
      Array(3).fill(['2026-11-12T17:00:00.000Z', '2026-11-13T17:00:00.000Z']),
    );
    expect(screen.getByRole('region', { name: 'People inside, 13 Nov 2026' }).dataset.state).toBe('partial');
    expect(said).toContain('In 30 · out 28 · coverage 100%');
    expect(said).toContain('No data from 08:20 to 08:30: the server was not running.');
    expect(said).toContain('Hatched: no data 08:20–08:30.');
  });

  it('shows the people of each hour where counters report no more', async () => {
    answers(
      buckets(60, 24, (hour) => (hour === 3 ? null : { count: hour })),
      buckets(5, 288, () => ({ count: 0 })),
    );
    const { said } = await open('2026-11-13');
    expect(screen.getByRole('region', { name: 'People counted by the hour, 13 Nov 2026' })).toBeTruthy();
    expect(said).toContain('highest 23 at 23:00–00:00, lowest 0 at 00:00–01:00.');
    expect(said).toContain('Hatched: no data 03:00–04:00.');
    expect(said).toContain('Counted 30 · in 30 · out 28 · coverage 100%');
  });

  it('says why nothing is known of a day that no server saw', async () => {
    const outage = { from: '2026-11-12T12:00:00.000Z', to: '2026-11-14T01:00:00.000Z', coverage: 0 };
    answers(
      buckets(60, 24, () => null),
      buckets(5, 288, () => null),
      [outage],
    );
    const { said } = await open('2026-11-13');
    expect(said).toContain('the server was not running');
    expect(screen.queryByText('There are no data of this day.')).toBeNull();
  });

  it('lets a gap at its end last until midnight, or until now', async () => {
    answers(
      buckets(60, 24, (hour) => (hour >= 22 ? null : { count: hour })),
      [],
    );
    const { said } = await open('2026-11-13');
    expect(said).toContain('Hatched: no data 22:00–00:00.');
  });

  it.each([
    ['2026-11-14', 'is asked for again', 6],
    ['2026-11-13', 'is over', 3],
    ['2026-11-15', 'has not begun', 3],
  ])('%s %s', async (day, _, requests) => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    answers(
      buckets(60, 24, () => ({ count: 1 })),
      [],
    );
    show(<DayCard place={place()} day={day} onDay={() => undefined} />, heard({ at: AT }));
    await vi.advanceTimersByTimeAsync(500);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(asked.length).toBe(requests);
  });

  it('calls nothing that is still to come a gap', async () => {
    // 18:30 by the clock of the place.
    const start = Date.parse('2026-11-13T17:00:00.000Z');
    const fives = buckets(5, 288, (index) => ({ occupancy: index })).map((bucket, index) => ({
      ...bucket,
      timestamp: new Date(start + index * 300_000).toISOString(),
      ...(start + index * 300_000 > Date.parse(AT) ? { metrics: {}, coverage: null } : {}),
    }));
    answers([], fives);
    const { said } = await open('2026-11-14');
    expect(said).not.toContain('no data');
    expect(screen.getByRole('button', { name: 'The day after' }).getAttribute('aria-disabled')).toBe('true');
  });

  /** Today by five minutes until 18:30 by the clock of the place; what is to come is known of nobody. */
  const todaysFives = (of: (index: number) => Partial<Bucket>) =>
    Array.from({ length: 288 }, (_, index): Bucket => {
      const from = Date.parse('2026-11-13T17:00:00.000Z') + index * 300_000;
      const known = { metrics: { occupancy: 4 }, coverage: 1, ...of(index) };
      const told = from < Date.parse(AT) ? known : { metrics: { occupancy: null }, coverage: null };
      return { timestamp: new Date(from).toISOString(), revision: 0, state: 'live', ...told };
    });
  /** The server's clock when the day was asked for: 18:31:30. */
  const CLOCK = '2026-11-14T11:31:30.000Z';
  const running = 222;

  const openToday = async (fives: Bucket[]) => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    answers([], fives);
    show(<DayCard place={place()} day="2026-11-14" onDay={() => undefined} />, heard({ at: CLOCK }));
    return (await screen.findByTestId('day-totals')).parentElement?.textContent ?? '';
  };

  it('calls the five minutes that are running no gap, before their first minute is told', async () => {
    const fives = todaysFives(() => ({}));
    fives[running] = { ...(fives[running] as Bucket), coverage: 1 };
    const said = await openToday(fives);
    expect(said).not.toContain('no data');
    expect(said).toContain('Mean of each five minutes: last 4;');
    expect(screen.getByRole('region', { name: 'People inside, 14 Nov 2026' }).dataset.state).toBe('ready');
  });

  it('says of the highest the five minutes it lies in, and nothing ahead of now', async () => {
    const fives = todaysFives(() => ({}));
    fives[running] = { ...(fives[running] as Bucket), metrics: { occupancy: 9.26 }, coverage: 1 };
    const said = await openToday(fives);
    expect(said).toContain(
      'Mean of each five minutes: last 9.3; highest 9.3 at 18:30–18:31, lowest 4 at 00:00–00:05.',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Show as table' }));
    expect(screen.getByRole('columnheader', { name: 'Mean of each five minutes' })).toBeTruthy();
    expect(screen.getByRole('row', { name: '18:30–18:31 9.3 100%' })).toBeTruthy();
  });

  it('tells a time before the first camera from one in which none reported', async () => {
    const fives = buckets(5, 288, (index) => (index < 271 ? null : { occupancy: 3 })).map((bucket, index) =>
      index < 271 ? { ...bucket, coverage: null } : bucket,
    );
    answers([], fives);
    const { said } = await open('2026-11-13');
    expect(said).not.toContain('no data');
    expect(said).toContain('There was no camera here 00:00–22:35.');
    expect(screen.getByRole('region', { name: 'People inside, 13 Nov 2026' }).dataset.state).toBe('ready');
    fireEvent.click(screen.getByRole('button', { name: 'Show as table' }));
    expect(screen.getByRole('row', { name: '22:30–22:35 no camera –' })).toBeTruthy();
  });

  it('says where a whole day had no camera, or has not begun', async () => {
    const nobody = (minutes: number, count: number) =>
      buckets(minutes, count, () => null).map((bucket) => ({ ...bucket, coverage: null }));
    answers(nobody(60, 24), nobody(5, 288));
    show(<DayCard place={place()} day="2026-11-13" onDay={() => undefined} />, heard({ at: AT }));
    expect(await screen.findByText('There was no camera here on this day.')).toBeTruthy();
    expect(screen.getByRole('region', { name: 'People inside, 13 Nov 2026' })).toBeTruthy();
    show(<DayCard place={place()} day="2026-11-15" onDay={() => undefined} />, heard({ at: AT }));
    expect(await screen.findByText('This day has not begun yet.')).toBeTruthy();
  });

  it('leads to the days beside it and back to now', async () => {
    answers(
      [],
      buckets(5, 2, () => ({ occupancy: 1 })),
    );
    const { onDay } = await open('2026-11-13');
    for (const name of ['The day before', 'The day after', 'Today', 'Back to now'])
      fireEvent.click(screen.getByRole('button', { name }));
    expect(onDay.mock.calls).toEqual([['2026-11-12'], ['2026-11-14'], ['2026-11-14'], [null]]);
  });

  it('says that there are no data of a day nobody looked at', async () => {
    answers([], []);
    show(<DayCard place={place()} day="2026-11-13" onDay={() => undefined} />, heard({ at: AT }));
    expect(await screen.findByText('There are no data of this day.')).toBeTruthy();
  });
});
