/**
 * One day of a place, whichever: what came and went, and how full it was. Five minutes a point where people inside could be
 * followed; of a counter that reports hours, the people of each.
 */
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/problem.ts';
import { type DayOfPlace, placeDayQuery } from '../../api/queries.ts';
import type { Place } from '../../api/types.ts';
import { localDay, rangeOfDay } from '../../format/local-day.ts';
import { useFormat } from '../../format/use-format.ts';
import { Card } from '../../kit/card.tsx';
import { type CardState, problemState } from '../../kit/card-state.ts';
import { isAbsent } from '../../kit/series.ts';
import { TimeChart } from '../../kit/time-chart.tsx';
import { useLive, useLostAt, useNow } from '../../live/live.tsx';
import { serverNow } from '../../live/state.ts';
import classes from './day-card.module.css';
import { DayPicker } from './day-picker.tsx';
import { type DaySeries, daySeries, dayState } from './day-series.ts';
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
  const lost = useLostAt() !== null;
  const asked = serverNow(live, answer.dataUpdatedAt);
  const drawn = answer.data ? daySeries(answer.data, range.end, asked) : null;
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
          minutes, in which there may have been more for a moment; where counters report longer times or know
          no direction, the chart has the people counted in each hour. In hatched parts cameras should have
          reported, and none did. Where there was no camera yet, or none any more, nothing is drawn.
        </Trans>
      }
      state={drawn ? dayState(drawn, answer.data?.outages ?? []) : waiting(answer.error)}
      problem={answer.error ? asProblem(answer.error) : null}
      onRetry={() => void answer.refetch()}
      empty={<Nothing drawn={drawn} begun={range.start <= now} />}
      asOf={lost && day === today ? format.until(asked, now, place.timeZone) : null}
      broad
      actions={
        <>
          <DayPicker day={day} today={today} onDay={onDay} />
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
          {...(isInside ? { mean: t`Mean of each five minutes` } : {})}
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

const waiting = (error: Error | null): CardState => (error ? problemState(asProblem(error)) : 'loading');

function Nothing(props: { drawn: DaySeries | null; begun: boolean }) {
  const points = props.drawn?.points ?? [];
  if (!props.begun) return <Trans>This day has not begun yet.</Trans>;
  if (points.length > 0 && points.every(isAbsent))
    return <Trans>There was no camera here on this day.</Trans>;
  return <Trans>There are no data of this day.</Trans>;
}
