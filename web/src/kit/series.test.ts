import { describe, expect, it } from 'vitest';
import {
  alone,
  columns,
  continued,
  extreme,
  followed,
  gaps,
  isAbsent,
  isSilent,
  lastKnown,
  type Point,
  pointsOf,
  scaleTop,
  stretches,
} from './series.ts';

const points = (...values: (number | null)[]): Point[] =>
  values.map((value, index) => ({ at: index * 10_000, value, coverage: value === null ? 0 : 1 }));

describe('gaps', () => {
  it('reach from the last known point to the next', () => {
    expect(gaps(points(1, null, null, 4))).toEqual([[0, 30_000]]);
  });

  it('at the edges reach to the edge', () => {
    expect(gaps(points(null, 2, 3, null))).toEqual([
      [0, 10_000],
      [20_000, 30_000],
    ]);
  });

  it('are the whole range when nothing is known, and none when everything is', () => {
    expect(gaps(points(null, null))).toEqual([[0, 10_000]]);
    expect(gaps(points(1, 2, 3))).toEqual([]);
    expect(gaps([])).toEqual([]);
  });
});

describe('stretches', () => {
  it('are the time that the points stand for', () => {
    const known = points(null, 1, null, null, 4, null);
    expect(stretches(known, 'start', isSilent)).toEqual([
      [0, 10_000],
      [20_000, 40_000],
      [50_000, 50_000],
    ]);
    expect(stretches(known, 'middle', isSilent)).toEqual([
      [-5_000, 5_000],
      [15_000, 35_000],
      [45_000, 50_000],
    ]);
    expect(stretches(points(1, 2), 'start', isSilent)).toEqual([]);
  });

  it('go by the time that a point says it tells of', () => {
    const told = points(1, null, null).map((point) => ({
      ...point,
      span: [point.at - 2_000, point.at + 8_000] as const,
    }));
    expect(stretches(told, 'middle', isSilent)).toEqual([[8_000, 28_000]]);
  });
});

describe('a time before there was a camera', () => {
  const before: Point[] = points(null, null, null, 4, null).map((point, index) =>
    index < 2 ? { ...point, coverage: null, absent: true } : point,
  );

  it('is no silence, and nothing is hatched there', () => {
    expect(stretches(before, 'start', isAbsent)).toEqual([[0, 20_000]]);
    expect(stretches(before, 'start', isSilent)).toEqual([
      [20_000, 30_000],
      [40_000, 40_000],
    ]);
    expect(gaps(before)).toEqual([
      [10_000, 30_000],
      [30_000, 40_000],
    ]);
  });
});

describe('continued', () => {
  const history = points(1, 2, 3);

  it('adds only what is newer than the history', () => {
    const live = [
      { at: 15_000, value: 9, coverage: 1 },
      { at: 25_000, value: 4, coverage: 1 },
    ];
    expect(continued(history, live, 60_000).map(({ value }) => value)).toEqual([1, 2, 4]);
  });

  it('draws no fall where somebody comes every second', () => {
    // By minutes: means of 30, 90, and of the 20 seconds that have passed of the third.
    const means = [30, 90, 130].map((value, minute) => ({ at: minute * 60_000, value, coverage: 1 }));
    const live = [55, 60, 85, 125, 130, 140].map((second) => ({
      at: second * 1_000,
      value: second,
      coverage: 1,
    }));
    const drawn = continued(means, live, 600_000);
    expect(drawn.map(({ at, value }) => [at / 1_000, value])).toEqual(
      [30, 90, 125, 130, 140].map((second) => [second, second]),
    );
  });

  it('leaves a minute that has just begun to the feed, and calls it no gap', () => {
    const begun: Point[] = [...points(1, 2, 3), { at: 30_000, value: null, coverage: 0 }];
    expect(gaps(continued(begun, [{ at: 31_000, value: 4, coverage: 1 }], 60_000))).toEqual([]);
  });

  it('breaks the line where nothing was heard for long', () => {
    const joined = continued(history, [{ at: 120_000, value: 8, coverage: 1 }], 600_000);
    expect(joined.map(({ value }) => value)).toEqual([1, 2, null, 8]);
    expect(gaps(joined)).toEqual([[15_000, 120_000]]);
  });

  it('keeps the window and no more', () => {
    expect(continued(history, [{ at: 30_000, value: 4, coverage: 1 }], 20_000).map(({ at }) => at)).toEqual([
      15_000, 30_000,
    ]);
  });
});

describe('followed', () => {
  const seen = (at: number, value: number): Point => ({ at, value, coverage: 1 });
  const unseen = (at: number): Point => ({ at, value: null, coverage: 0 });
  const said = (...words: Point[]) =>
    words.reduce<readonly Point[]>((before, next) => followed(before, next, 600_000), []);

  it('keeps what is new and no more than the window', () => {
    expect(said(seen(0, 1), seen(0, 2), seen(5_000, 3))).toEqual([seen(0, 1), seen(5_000, 3)]);
    expect(followed([seen(0, 1), seen(5_000, 2)], seen(10_000, 3), 6_000)).toEqual([
      seen(5_000, 2),
      seen(10_000, 3),
    ]);
  });

  it('changes nothing where nothing is new', () => {
    const before = [seen(0, 1)];
    expect(followed(before, seen(0, 2), 600_000)).toBe(before);
  });

  it('lets a gap grow with the silence, as one point', () => {
    const points = said(seen(0, 1), unseen(90_000), unseen(95_000));
    expect(points).toEqual([seen(0, 1), unseen(95_000)]);
    expect(gaps(points)).toEqual([[0, 95_000]]);
  });

  it('ends a gap with the next contact', () => {
    expect(gaps(said(seen(0, 1), unseen(90_000), seen(100_000, 2)))).toEqual([[0, 100_000]]);
  });

  it('keeps a gap that ends with something older than the moment it was last noticed', () => {
    expect(gaps(said(seen(0, 1), unseen(100_000), seen(98_000, 2)))).toEqual([[0, 98_000]]);
  });

  it('begins with a gap when nobody looked from the start', () => {
    expect(said(unseen(10_000), unseen(15_000), seen(20_000, 4))).toEqual([unseen(15_000), seen(20_000, 4)]);
    expect(said(unseen(15_000), seen(12_000, 4))).toEqual([seen(12_000, 4)]);
  });
});

describe('pointsOf', () => {
  it('does not take a number for seen that came while nobody looked', () => {
    const times = ['2026-11-14T11:30:00Z', '2026-11-14T11:31:00Z', '2026-11-14T11:32:00Z'];
    const found = pointsOf(times, [7, 0, 4], [1, 0, 0.5]);
    expect(found.map(({ value }) => value)).toEqual([7, null, 4]);
    expect(extreme(found, (a, b) => a < b)?.value).toBe(4);
  });

  it('knows a time in which there was no camera yet from one in which none reported', () => {
    const times = ['2026-11-14T11:30:00Z', '2026-11-14T11:31:00Z', '2026-11-14T11:32:00Z'];
    expect(pointsOf(times, [null, null, 4], [null, 0, 1]).map(isAbsent)).toEqual([true, false, false]);
  });
});

describe('alone', () => {
  it('finds minutes that no line would show', () => {
    expect(alone(points(3, null, 4, 5, null, 6))).toEqual([0, 5]);
    expect(alone(points(null, null))).toEqual([]);
  });
});

describe('scaleTop', () => {
  it('shows the limit when the values come near it', () => {
    expect(scaleTop(points(150), 220)).toBe(242);
    expect(scaleTop(points(300), 220)).toBe(330);
  });

  it('does not flatten a nearly empty building', () => {
    expect(scaleTop(points(10), 1_000)).toBe(11);
  });

  it('is never zero', () => {
    expect(scaleTop(points(0, null), null)).toBe(5);
  });
});

it('finds highest, lowest and last without the gaps', () => {
  const some = points(3, 7, null, 1, null);
  expect(extreme(some, (a, b) => a > b)).toEqual({ at: 10_000, value: 7, coverage: 1 });
  expect(extreme(some, (a, b) => a < b)).toEqual({ at: 30_000, value: 1, coverage: 1 });
  expect(lastKnown(some)).toEqual({ at: 30_000, value: 1, coverage: 1 });
  expect(lastKnown(points(null))).toBeNull();
});

it('keeps nothing and zero apart', () => {
  const made = pointsOf(['2026-11-14T11:30:00Z', '2026-11-14T11:30:10Z'], [0, null], [1, 0]);
  expect(made.map(({ value }) => value)).toEqual([0, null]);
  expect(columns(made)).toEqual([
    [1_794_655_800, 1_794_655_810],
    [0, null],
  ]);
});
