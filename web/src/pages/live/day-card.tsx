/**
 * One day of a place, whichever: what came and went, and how full it was. Five minutes a point where people inside could be
 * followed; of a counter that reports hours, the people of each.
 */
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { asProblem } from '../../api/problem.ts';
import { type DayOfPlace, placeDayQuery } from '../../api/queries.ts';
import type { Outage, Place } from '../../api/types.ts';
import { dayAfter, localDay, rangeOfDay } from '../../format/local-day.ts';
import { useFormat } from '../../format/use-format.ts';
import { Card } from '../../kit/card.tsx';
import { type CardState, problemState } from '../../kit/card-state.ts';
import type { Placed, Point } from '../../kit/series.ts';
import { TimeChart } from '../../kit/time-chart.tsx';
import { useLive, useNow } from '../../live/live.tsx';
import { serverNow } from '../../live/state.ts';
import classes from './day-card.module.css';
import { Outages } from './outages.tsx';

type Props = {
  place: Place;
  day: string;
  /** Null: back to now. */
  onDay: (day: string | null) => void;
};

export function DayCard(props: Props) {
  const { place, day, onDay } = props;
  const live = useLive(60_000);
  const now = serverNow(live, useNow(60_000, live));
  const format = useFormat();
  const { t } = useLingui();
  const range = rangeOfDay(day, place.timeZone);
  const today = localDay(now, place.timeZone);
  const answer = useQuery(placeDayQuery(place.id, day, range, day === today));
  const drawn = answer.data ? drawnOf(answer.data, now) : null;
  const name = format.day(range.start, place.timeZone);
  const isInside = drawn?.measure !== 'count';
  const title = isInside ? t`People inside, ${name}` : t`People counted by the hour, ${name}`;
  const whole = answer.data?.day[0];
  return (
    <Card
      cell="cell-occupancy"
      title={title}
      explanation={
        <Trans>
          A day from midnight to midnight by the clock of the place. People inside are the mean of each five
          minutes; where counters report longer times, the chart has the people counted in each hour. Hatched
          parts were not watched by any camera.
        </Trans>
      }
      state={stateOf(drawn, answer.data?.outages ?? [], answer.error)}
      problem={answer.error ? asProblem(answer.error) : null}
      onRetry={() => void answer.refetch()}
      empty={<Trans>There are no data of this day.</Trans>}
      actions={
        <>
          <ActionIcon
            size={24}
            variant="default"
            aria-label={t`The day before`}
            onClick={() => onDay(dayAfter(day, -1))}
          >
            <ChevronLeft size={14} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon
            size={24}
            variant="default"
            aria-label={t`The day after`}
            disabled={day >= today}
            onClick={() => onDay(dayAfter(day, 1))}
          >
            <ChevronRight size={14} aria-hidden="true" />
          </ActionIcon>
          <Button size="compact-xs" variant="default" className={classes.back} onClick={() => onDay(null)}>
            <Trans>Back to now</Trans>
          </Button>
        </>
      }
    >
      {whole ? <Totals day={whole} isInside={isInside} /> : null}
      <Outages outages={answer.data?.outages ?? []} place={place} now={range.start} />
      {drawn ? (
        <TimeChart
          key={drawn.measure}
          label={title}
          points={drawn.points}
          limit={null}
          timeZone={place.timeZone}
          placed={drawn.placed}
          until={Math.min(now, range.end)}
        />
      ) : null}
    </Card>
  );
}

/** `isInside`: whether it is told who was inside, which takes a direction; a counter that knows none has only its people. */
function Totals(props: { day: DayOfPlace['day'][number]; isInside: boolean }) {
  const { metrics, coverage } = props.day;
  const format = useFormat();
  const [counted, cameIn, wentOut, seen] = [
    format.count(metrics.count),
    format.count(metrics.in),
    format.count(metrics.out),
    format.percent(coverage),
  ];
  return (
    <p className={classes.totals} data-testid="day-totals">
      {props.isInside ? (
        <Trans>
          In <strong>{cameIn}</strong> · out <strong>{wentOut}</strong> · coverage {seen}
        </Trans>
      ) : (
        <Trans>
          Counted <strong>{counted}</strong> · in {cameIn} · out {wentOut} · coverage {seen}
        </Trans>
      )}
    </p>
  );
}

type Drawn = { measure: 'occupancy' | 'count'; placed: Placed; points: Point[] };

/** What is still to come is no gap. */
function drawnOf(answer: DayOfPlace, now: number): Drawn {
  const passed = ({ timestamp }: { timestamp: string }) => Date.parse(timestamp) <= now;
  const fives = answer.fives.filter(passed);
  if (fives.some((five) => typeof five.metrics.occupancy === 'number')) {
    // A mean stands in the middle of its bucket.
    const points = fives.map((five) => point(five, five.metrics.occupancy, 150_000));
    return { measure: 'occupancy', placed: 'middle', points };
  }
  const points = answer.hours.filter(passed).map((hour) => point(hour, hour.metrics.count, 0));
  return { measure: 'count', placed: 'start', points };
}

function point(bucket: DayOfPlace['day'][number], value: number | null | undefined, shiftMs: number): Point {
  return {
    at: Date.parse(bucket.timestamp) + shiftMs,
    value: bucket.coverage === 0 ? null : (value ?? null),
    coverage: bucket.coverage,
  };
}

function stateOf(drawn: Drawn | null, outages: readonly Outage[], error: Error | null): CardState {
  if (!drawn) return error ? problemState(asProblem(error)) : 'loading';
  // Why nothing is known is worth more than the word that nothing is.
  if (drawn.points.every((one) => one.value === null)) return outages.length > 0 ? 'partial' : 'empty';
  return drawn.points.some((one) => one.value === null || (one.coverage ?? 1) < 1) ? 'partial' : 'ready';
}
