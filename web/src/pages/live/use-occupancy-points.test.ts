import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { PlaceNow } from '../../api/types.ts';
import { gaps } from '../../kit/series.ts';
import { AT, placeNow } from '../../test/samples.ts';
import { useOccupancyPoints } from './use-occupancy-points.ts';

const BEGIN = Date.parse(AT);
const moment = (seconds: number) => new Date(BEGIN + seconds * 1_000).toISOString();
const trends = {
  timestamps: [moment(-120), moment(-60)],
  occupancy: [140, 141],
  count: [2, 3],
  coverage: [1, 1],
};

/** What the feed says of the place, and the server's time when it says so, in seconds. */
type Said = [at: number, place: PlaceNow];

function pointsAfter(...said: Said[]) {
  const [first, ...rest] = said;
  const hook = renderHook(([at, place]: Said) => useOccupancyPoints(trends, place, BEGIN + at * 1_000), {
    initialProps: first as Said,
  });
  for (const one of rest) hook.rerender(one);
  return hook.result.current;
}

const gapsAfter = (...said: Said[]) =>
  gaps(pointsAfter(...said)).map(([from, to]) => [(from - BEGIN) / 1_000, (to - BEGIN) / 1_000]);

const last = placeNow({ asOf: moment(0) });

it.each([0, null])('draws no line across 95 s in which nobody looked (coverage %s)', (coverage) => {
  const silent = { ...last, coverage };
  const back = placeNow({ asOf: moment(95), occupancy: 150 });
  expect(gapsAfter([0, last], [91, silent], [96, back])).toEqual([[0, 95]]);
});

it('shows a silence while it lasts, as far as it has come', () => {
  const silent = { ...last, coverage: 0 };
  expect(gapsAfter([0, last], [91, silent])).toEqual([[0, 91]]);
  expect(gapsAfter([0, last], [91, silent], [141, silent])).toEqual([[0, 141]]);
});

it('draws one line while some camera looks, and nothing twice', () => {
  const points = pointsAfter([0, last], [1, last], [5, placeNow({ asOf: moment(5), coverage: 0.5 })]);
  expect(points.map(({ at }) => (at - BEGIN) / 1_000)).toEqual([-90, 0, 5]);
  expect(gaps(points)).toEqual([]);
});
