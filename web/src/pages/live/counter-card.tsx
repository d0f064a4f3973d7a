/** The number the page exists for. */
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { Volume2 } from 'lucide-react';
import { useState } from 'react';
import type { Outage, Place, PlaceNow } from '../../api/types.ts';
import { NO_NUMBER } from '../../format/format.ts';
import { pastDay } from '../../format/past-day.ts';
import { useFormat } from '../../format/use-format.ts';
import { Card } from '../../kit/card.tsx';
import { liveCardState } from '../../kit/card-state.ts';
import { StatusMark } from '../../kit/status-mark.tsx';
import { useLive, useLostAt, useNow } from '../../live/live.tsx';
import { serverNow } from '../../live/state.ts';
import classes from './counter-card.module.css';
import { Freshness } from './freshness.tsx';
import { bandOf, capacityOf, isPassage } from './occupancy-band.ts';
import { Outages } from './outages.tsx';
import { Passed, usePassedTitle } from './passed.tsx';

const CADENCE_MS = 1_000;

/** `outages`: those that the numbers of today lack. */
export function CounterCard(props: { place: Place; outages: readonly Outage[] }) {
  const { place } = props;
  const live = useLive(CADENCE_MS);
  const clock = useNow(CADENCE_MS, live);
  const format = useFormat();
  const { t } = useLingui();
  const now = live.places.get(place.id);
  const passage = isPassage(now);
  const known = now !== undefined && now.asOf !== null && (passage || now.occupancy !== null);
  const capacity = capacityOf(place, now);
  const day = pastDay(now?.asOf ?? null, serverNow(live, clock), place.timeZone, format);
  const lost = useLostAt() !== null;
  const past: Past = {
    moment: day === null ? null : format.moment(now?.asOf, place.timeZone),
    clock: lost && known ? format.clock(now.asOf, place.timeZone) : null,
  };
  const state = liveCardState(live, clock, CADENCE_MS, {
    known,
    coverage: now?.coverage ?? null,
    asOf: now?.asOf ?? null,
  });
  const { moment, clock: lostAt } = past;
  const present = lostAt === null ? t`People inside now` : t`People inside at ${lostAt}`;
  const inside = moment === null ? present : t`People inside on ${moment}`;
  const passedTitle = usePassedTitle(day, lostAt);
  const title = passage ? passedTitle : inside;
  return (
    <Card
      cell="cell-counter"
      title={title}
      explanation={
        passage ? (
          <Trans>
            Everyone who passed the counters of this place, since midnight by its clock. They know no
            direction: nobody was ever counted in or out here, so how many are inside is not measured. Updated
            every second.
          </Trans>
        ) : (
          <Trans>
            Everyone who came in minus everyone who went out across the lines of this place, since the count
            was last reset. Never shown below zero. Updated every second.
          </Trans>
        )
      }
      state={lost && known ? 'stale' : state}
      empty={<NoDataYet />}
      actions={
        !known ? null : passage ? (
          <SayIt sentence={`${title}: ${format.count(now.passToday)}`} />
        ) : (
          <SayInside now={now} capacity={capacity} past={past} />
        )
      }
      footer={
        now ? (
          <Freshness live={live} now={clock} place={place} subject={now} cadenceMs={CADENCE_MS} lost={lost} />
        ) : null
      }
    >
      {now && passage ? <Passed now={now} /> : null}
      {now && !passage ? <Figures now={now} capacity={capacity} day={day} /> : null}
      {day === null ? <Outages outages={props.outages} place={place} now={serverNow(live, clock)} /> : null}
    </Card>
  );
}

/** When the number was so, where that is not now: on another day, or, since nothing more is heard, by the clock of this one. */
type Past = { moment: string | null; clock: string | null };

/** A dash where the number will stand: nobody looked, which is not nobody there. */
function NoDataYet() {
  return (
    <>
      <span className={classes.number} aria-hidden="true">
        {NO_NUMBER}
      </span>
      <Trans>No data yet: nothing has been counted for this place.</Trans>
    </>
  );
}

function Figures(props: { now: PlaceNow; capacity: number | null; day: string | null }) {
  const { now, capacity, day } = props;
  const format = useFormat();
  const band = bandOf(now.occupancy, capacity);
  const drifted = now.rawOccupancy !== null && now.rawOccupancy < 0;
  // The count of a day gone by can no longer be reset.
  const below = drifted && day === null ? format.count(now.rawOccupancy) : null;
  const inToday = format.count(now.inToday);
  const outToday = format.count(now.outToday);
  return (
    <div className={classes.figures}>
      <div className={classes.main}>
        <span className={classes.number} data-testid="occ">
          {format.count(now.occupancy)}
        </span>
        <Share occupancy={now.occupancy ?? 0} capacity={capacity} />
      </div>
      {capacity === null ? null : (
        <div className={classes.track} aria-hidden="true">
          <div
            className={classes.fill}
            data-band={band}
            style={{ width: `${Math.min(100, ((now.occupancy ?? 0) / capacity) * 100)}%` }}
          />
        </div>
      )}
      <div className={classes.today}>
        <span>
          {day === null ? (
            <Trans>
              In today <strong>{inToday}</strong>
            </Trans>
          ) : (
            <Trans>
              In on {day} <strong>{inToday}</strong>
            </Trans>
          )}
        </span>
        <span>
          {day === null ? (
            <Trans>
              Out today <strong>{outToday}</strong>
            </Trans>
          ) : (
            <Trans>
              Out on {day} <strong>{outToday}</strong>
            </Trans>
          )}
        </span>
        {below === null ? null : (
          <span className={classes.drift}>
            <StatusMark mark="stale" size={12} />
            <Trans>More went out than came in ({below}): the count needs a reset.</Trans>
          </span>
        )}
      </div>
    </div>
  );
}

function Share(props: { occupancy: number; capacity: number | null }) {
  const format = useFormat();
  if (props.capacity === null) {
    return (
      <span className="muted">
        <Trans>no capacity set</Trans>
      </span>
    );
  }
  const limit = format.count(props.capacity);
  const share = format.percent(props.capacity === 0 ? null : props.occupancy / props.capacity);
  const band = bandOf(props.occupancy, props.capacity);
  return (
    <span className={classes.share} data-band={band}>
      <Trans>
        of {limit} ({share})
      </Trans>
      {band === 'full' || band === 'over' ? (
        <span className={classes.band}>
          <StatusMark mark={band === 'over' ? 'error' : 'stale'} size={12} />
          {band === 'over' ? <Trans>Over capacity</Trans> : <Trans>Nearly full</Trans>}
        </span>
      ) : null}
    </span>
  );
}

/** A counter read out every second would be torture; it is read out on request. */
function SayInside(props: { now: PlaceNow; capacity: number | null; past: Past }) {
  const { t } = useLingui();
  const format = useFormat();
  const people = format.count(props.now.occupancy);
  const limit = format.count(props.capacity);
  const { capacity } = props;
  const { moment, clock } = props.past;
  const present = capacity === null ? t`${people} inside now` : t`${people} inside now, of ${limit}`;
  const today = clock === null ? present : t`${people} inside at ${clock}`;
  return <SayIt sentence={moment === null ? today : t`${people} inside on ${moment}`} />;
}

function SayIt(props: { sentence: string }) {
  const { t } = useLingui();
  const [said, setSaid] = useState('');
  return (
    <>
      <ActionIcon
        size={24}
        variant="transparent"
        color="var(--muted)"
        aria-label={t`Say the current value`}
        onClick={() => setSaid(props.sentence)}
      >
        <Volume2 size={14} aria-hidden="true" />
      </ActionIcon>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </>
  );
}
