import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Outage } from '../../api/types.ts';
import { AT, place, placeNow } from '../../test/samples.ts';
import { heard, show } from '../../test/show.tsx';
import { CounterCard } from './counter-card.tsx';

/** Minutes past seven in the morning by the place's clock. */
const outage = (from: number, to: number, coverage = 0): Outage => ({
  from: `2026-11-14T00:${String(from).padStart(2, '0')}:00.000Z`,
  to: `2026-11-14T00:${to}:00.000Z`,
  coverage,
});

const said = (outages: Outage[], now: Parameters<typeof placeNow>[0] = {}) => {
  show(<CounterCard place={place()} outages={outages} />, heard({ at: AT, places: [placeNow(now)] }));
  return screen.queryAllByRole('listitem').map((item) => item.textContent);
};

describe('an outage of the server', () => {
  it('is said beside the numbers that lack it', () => {
    expect(said([outage(5, 15)])).toEqual(['No data from 07:05 to 07:15: the server was not running.']);
  });

  it('says how much cameras sent later', () => {
    expect(said([outage(5, 15, 0.4)])).toEqual([
      'From 07:05 to 07:15 the server was not running; the cameras sent 40% of it later.',
    ]);
  });

  it('names the day where it began on another', () => {
    const overnight = { from: '2026-11-13T16:30:00.000Z', to: '2026-11-13T17:30:00.000Z', coverage: 0 };
    expect(said([overnight])).toEqual([
      'No data from 13 Nov 2026, 23:30 to 00:30: the server was not running.',
    ]);
  });

  it('is counted where there were many', () => {
    expect(said([outage(5, 15), outage(25, 35), outage(40, 45), outage(50, 55)])).toEqual([
      'No data from 07:50 to 07:55: the server was not running.',
      'No data from 07:40 to 07:45: the server was not running.',
      'and 2 earlier outages',
    ]);
  });

  it('is nothing that numbers of another day lack', () => {
    expect(said([outage(5, 15)], { asOf: '2026-11-12T20:00:00.000Z' })).toEqual([]);
  });
});
