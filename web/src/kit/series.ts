/** Points over time and what can be said of them without drawing. Pure. */

export type Point = {
  at: number;
  value: number | null;
  coverage: number | null;
  /** The time the value tells of, where that is no moment: what is said of the point is said of this. */
  span?: readonly [from: number, to: number];
  /** Nothing is known because there was no camera that could have told: no gap in what was seen. */
  absent?: true;
};

/** uPlot wants columns, and seconds. */
export function columns(points: readonly Point[]): [number[], (number | null)[]] {
  return [points.map((point) => point.at / 1_000), points.map((point) => point.value)];
}

/** The places of points with a value and none on either side. */
export function alone(points: readonly Point[]): number[] {
  const known = (place: number) => (points[place]?.value ?? null) !== null;
  return points.flatMap((_, place) =>
    known(place) && !known(place - 1) && !known(place + 1) ? [place] : [],
  );
}

/** What should have been told, and was not. */
export const isSilent = (point: Point) => point.value === null && !point.absent;

export const isAbsent = (point: Point) => point.absent === true;

/** Stretches of silence, from the last point before that is none to the first one after. */
export function gaps(points: readonly Point[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  let lastKnown: number | null = null;
  let open = false;
  for (const point of points) {
    if (isSilent(point)) {
      open = true;
    } else {
      if (open) found.push([lastKnown ?? points[0]?.at ?? point.at, point.at]);
      open = false;
      lastKnown = point.at;
    }
  }
  const end = points.at(-1);
  if (open && end) found.push([lastKnown ?? points[0]?.at ?? end.at, end.at]);
  return found;
}

/** Where the points of a chart stand in the time they tell of: where it starts, or in the middle of it. */
export type Placed = 'start' | 'middle';

/**
 * The times of the stretches of such points, for words: a gap is drawn between the points around it, but the time that those stand
 * for is known. The last one ends with its own time; where a point tells of a moment that is still running.
 */
export function stretches(
  points: readonly Point[],
  placed: Placed,
  such: (point: Point) => boolean,
): [from: number, to: number][] {
  const found: [number, number][] = [];
  let from: number | null = null;
  points.forEach((point, index) => {
    // The first point stands as far from its edge as from the one to the next.
    const before = points[index - 1]?.at ?? 2 * point.at - (points[index + 1]?.at ?? point.at);
    const edge = point.span?.[0] ?? (placed === 'start' ? point.at : (before + point.at) / 2);
    if (such(point)) from ??= edge;
    else if (from !== null) {
      found.push([from, edge]);
      from = null;
    }
  });
  const end = points.at(-1);
  if (from !== null && end) found.push([from, end.span?.[1] ?? end.at]);
  return found;
}

/**
 * The top of the scale. The limit is shown when the values come anywhere near it; a building that is a tenth full
 * would otherwise be a flat line at the bottom.
 */
export function scaleTop(points: readonly Point[], limit: number | null): number {
  const highest = extreme(points, (a, b) => a > b)?.value ?? 0;
  const near = limit !== null && highest >= limit * 0.4;
  const top = near ? Math.max(highest, limit) : highest;
  return Math.max(5, Math.ceil(top + top / 10));
}

export type Known = Point & { value: number };

const isKnown = (point: Point): point is Known => point.value !== null;

export function extreme(points: readonly Point[], better: (a: number, b: number) => boolean): Known | null {
  let best: Known | null = null;
  for (const point of points) {
    if (isKnown(point) && (best === null || better(point.value, best.value))) best = point;
  }
  return best;
}

export function lastKnown(points: readonly Point[]): Known | null {
  return points.findLast(isKnown) ?? null;
}

/** Length of one step, for telling a pause from the next point. */
export function stepMs(points: readonly Point[]): number {
  const [first, second] = points;
  return first && second ? Math.max(1_000, second.at - first.at) : 10_000;
}

/**
 * What the live feed said, and what it says next. A gap is one empty point that moves on with the silence. The contact that
 * ends it may be older than the moment at which the silence was last noticed: then the gap ends with the contact, and stays.
 */
export function followed(before: readonly Point[], next: Point, windowMs: number): readonly Point[] {
  const gap = before.at(-1)?.value === null ? before.at(-1) : undefined;
  const known = gap ? before.slice(0, -1) : before;
  const last = known.at(-1);
  if (last && next.at <= last.at) return before;
  const kept = known.filter((point) => point.at > next.at - windowMs);
  if (!gap || next.value === null) return [...kept, next];
  if (gap.at < next.at) return [...kept, gap, next];
  return last ? [...kept, { ...gap, at: (last.at + next.at) / 2 }, next] : [...kept, next];
}

/**
 * History from the server, continued by what the live feed said since. A mean stands in the middle of its bucket; that of the
 * bucket that still runs is left to the feed: at its start it would stand before what it was made of. A pause longer than
 * three steps is a gap: an empty point is put in, or the line would be drawn straight across it.
 */
export function continued(history: readonly Point[], live: readonly Point[], windowMs: number): Point[] {
  const step = stepMs(history);
  const joined = history.slice(0, -1).map((point) => ({ ...point, at: point.at + step / 2 }));
  for (const point of live) {
    const last = joined.at(-1);
    if (last && point.at <= last.at) continue;
    if (last && point.at - last.at > 3 * step)
      joined.push({ at: last.at + step, value: null, coverage: null });
    joined.push(point);
  }
  const end = joined.at(-1);
  return end ? joined.filter((point) => point.at > end.at - windowMs) : joined;
}

/** Of a time with the share of it that was seen, which is null where there was no camera that should have. */
export function pointOf(at: number, counted: number | null, coverage: number | null): Point {
  // A number for a stretch in which nobody looked is no observation, whatever it is.
  const value = coverage === 0 ? null : counted;
  return { at, value, coverage, ...(value === null && coverage === null ? { absent: true } : {}) };
}

export function pointsOf(
  timestamps: readonly string[],
  values: readonly (number | null)[],
  coverage: readonly (number | null)[],
): Point[] {
  return timestamps.map((timestamp, index) =>
    pointOf(Date.parse(timestamp), values[index] ?? null, coverage[index] ?? null),
  );
}
