/** Occupancy of the last 30 minutes: history from the server, continued by the live feed. */
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/problem.ts';
import { placeRealtimeQuery } from '../../api/queries.ts';
import type { Place } from '../../api/types.ts';
import { localDay } from '../../format/local-day.ts';
import { useFormat } from '../../format/use-format.ts';
import { Card } from '../../kit/card.tsx';
import { type CardState, isLate, isStale, isUnwatched, problemState } from '../../kit/card-state.ts';
import { isSilent, pointsOf } from '../../kit/series.ts';
import { TimeChart } from '../../kit/time-chart.tsx';
import { useLive, useNow } from '../../live/live.tsx';
import { serverNow } from '../../live/state.ts';
import { useAsOf } from '../../live/use-as-of.ts';
import { Freshness } from './freshness.tsx';
import { capacityOf, isPassage } from './occupancy-band.ts';
import classes from './occupancy-card.module.css';
import { useOccupancyPoints } from './use-occupancy-points.ts';

const CADENCE_MS = 5_000;

/** `onDay` opens a day as a whole. */
export function OccupancyCard(props: { place: Place; onDay: (day: string) => void }) {
  const { place } = props;
  const live = useLive(CADENCE_MS);
  const clock = useNow(CADENCE_MS, live);
  const format = useFormat();
  const { t } = useLingui();
  const asOf = useAsOf(place.timeZone);
  const subject = live.places.get(place.id);
  const watched = subject !== undefined && !isUnwatched(subject.coverage);
  const history = useQuery(placeRealtimeQuery(place.id, live.epoch, watched));
  const trends = history.data?.trends;
  const inside = useOccupancyPoints(trends, subject, live.at);
  // Where people only pass there is no number inside that could be drawn.
  const passage = isPassage(subject);
  const passed = trends ? pointsOf(trends.timestamps, trends.count, trends.coverage) : [];
  const points = passage ? passed : inside;
  const capacity = capacityOf(place, subject);
  const limit = format.count(capacity);

  let state: CardState = 'ready';
  if (history.data) {
    if (!points.some((point) => point.value !== null)) state = 'empty';
    else if (isStale(live, clock, CADENCE_MS) || isLate(live, clock, subject?.asOf ?? null)) state = 'stale';
    else if (subject && isUnwatched(subject.coverage)) state = 'stale';
    else if (points.some((point) => isSilent(point) || (point.coverage ?? 1) < 1)) state = 'partial';
  } else {
    state = history.error ? problemState(asProblem(history.error)) : 'loading';
  }

  const title = passage ? t`People counted, last 30 minutes` : t`People inside, last 30 minutes`;
  return (
    <Card
      cell="cell-occupancy"
      title={title}
      explanation={
        passage ? (
          <Trans>Everyone who passed, minute by minute. Hatched parts were not watched by any camera.</Trans>
        ) : (
          <Trans>
            Up to when this page was opened the mean of each minute, so that a short peak was higher than it
            is here; from then on the big number itself. Hatched parts were not watched by any camera, so
            there is no line there. The dashed line is the capacity of the place, when the count is near
            enough to it.
          </Trans>
        )
      }
      asOf={asOf}
      state={state}
      problem={history.error ? asProblem(history.error) : null}
      onRetry={() => void history.refetch()}
      empty={<Trans>Nothing was counted here in the last 30 minutes.</Trans>}
      actions={
        <Button
          size="compact-xs"
          variant="default"
          className={classes.day}
          onClick={() => props.onDay(localDay(serverNow(live, clock), place.timeZone))}
        >
          <Trans>Whole day</Trans>
        </Button>
      }
      footer={
        subject ? (
          <Freshness
            live={live}
            now={clock}
            place={place}
            subject={subject}
            cadenceMs={CADENCE_MS}
            lost={asOf !== null}
          />
        ) : null
      }
    >
      <TimeChart
        key={passage ? 'passed' : 'inside'}
        label={title}
        points={points}
        limit={capacity === null || passage ? null : { value: capacity, label: t`Capacity ${limit}` }}
        timeZone={place.timeZone}
        {...(passage ? {} : { note: t`Past minutes by their mean.`, placed: 'middle' as const })}
      />
    </Card>
  );
}
