/** Live: how many people are here now, and is anything wrong? */
import { Trans, useLingui } from '@lingui/react/macro';
import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { asProblem } from '../../api/problem.ts';
import { camerasQuery, placesQuery } from '../../api/queries.ts';
import type { Camera, Place } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { useZoneWords } from '../../format/use-zone-words.ts';
import { Failure } from '../../kit/card.tsx';
import { useLive, useNow } from '../../live/live.tsx';
import { serverNow } from '../../live/state.ts';
import { useAsOf } from '../../live/use-as-of.ts';
import { ancestors, camerasWithin, defaultPlace } from '../../places.ts';
import { CamerasCard } from './cameras-card.tsx';
import { CounterCard } from './counter-card.tsx';
import { FirstSteps } from './first-steps.tsx';
import { HealthCard } from './health-card.tsx';
import { LatencyCard } from './latency-card.tsx';
import classes from './live-page.module.css';
import { OccupancyCard } from './occupancy-card.tsx';
import { useOutages } from './outages.tsx';
import { RecordingNotice } from './recording-notice.tsx';
import { ThroughputCard } from './throughput-card.tsx';

/** Loaded when a day is opened: most people look at now, and the page has to be small for them. */
const DayCard = lazy(() => import('./day-card.tsx').then((module) => ({ default: module.DayCard })));

const route = getRouteApi('/signed-in/live');

export function LivePage() {
  const { place: wanted, day } = route.useSearch();
  const places = useQuery(placesQuery);
  const cameras = useQuery(camerasQuery);
  const problem = places.error ?? cameras.error;

  if (problem && !(places.data && cameras.data)) {
    const retry = () => {
      void places.refetch();
      void cameras.refetch();
    };
    return (
      <div className={classes.failure}>
        <Failure problem={asProblem(problem)} onRetry={retry} />
      </div>
    );
  }
  if (!places.data || !cameras.data) return <Waiting />;

  const found = places.data.find((place) => place.id === wanted);
  const place = found ?? defaultPlace(places.data);
  if (!place) {
    return (
      <>
        <h1 className="visually-hidden">
          <Trans>Live</Trans>
        </h1>
        <FirstSteps />
      </>
    );
  }
  return (
    <Board
      place={place}
      places={places.data}
      allCameras={cameras.data}
      day={day}
      unknown={wanted !== undefined && !found ? wanted : null}
    />
  );
}

type BoardProps = {
  place: Place;
  places: Place[];
  allCameras: Camera[];
  day: string | undefined;
  /** What the address asked for, when there is no such place. */
  unknown: string | null;
};

function Board(props: BoardProps) {
  const { place, places, allCameras, day, unknown } = props;
  const navigate = route.useNavigate();
  const onDay = (next: string | null) =>
    void navigate({ search: next === null ? { place: place.id } : { place: place.id, day: next } });
  const cameras = camerasWithin(places, allCameras, place.id);
  const outages = useOutages(place);
  const { t } = useLingui();
  const title = t`${place.name} – live – Throng`;
  const zone = useZoneWords(place.timeZone, day);
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <>
      <div className="page-title">
        <div className={classes.where}>
          <h1>{place.name}</h1>
          <span className="muted small">
            {ancestors(places, place)
              .map((one) => one.name)
              .join(' › ')}
          </span>
          <span className={`muted small ${classes.zone}`}>{zone}</span>
        </div>
        <RecordingNotice place={place} cameras={cameras} day={day} onDay={onDay}>
          <DataTo place={place} />
        </RecordingNotice>
      </div>
      {unknown === null ? null : (
        <Alert variant="default" className={classes.notice} role="status">
          <Trans>
            The address asks for the place “{unknown}”, which does not exist. {place.name} is shown instead.
          </Trans>
        </Alert>
      )}
      {allCameras.length === 0 ? (
        <FirstSteps />
      ) : (
        <div className="live-grid">
          <CounterCard key={`counter ${place.id}`} place={place} outages={outages} />
          <LatencyCard cameras={allCameras} timeZone={place.timeZone} />
          <ThroughputCard timeZone={place.timeZone} />
          <HealthCard place={place} cameras={cameras} />
          {day === undefined ? (
            <OccupancyCard key={`occupancy ${place.id}`} place={place} onDay={onDay} />
          ) : (
            <Suspense
              fallback={
                <div className="card cell-occupancy" data-state="loading" data-home="cell-occupancy" />
              }
            >
              <DayCard key={`day ${place.id}`} place={place} day={day} onDay={onDay} />
            </Suspense>
          )}
          <CamerasCard place={place} places={places} cameras={cameras} />
        </div>
      )}
    </>
  );
}

/** "Data to 14:32:05 · coverage 99.2%": how far the numbers reach, and how much of the place was seen. */
function DataTo(props: { place: Place }) {
  const live = useLive(1_000);
  const moment = serverNow(live, useNow(1_000, live));
  const now = live.places.get(props.place.id);
  const format = useFormat();
  const asOf = useAsOf(props.place.timeZone);
  if (!now || now.asOf === null) return null;
  const clock = format.until(now.asOf, moment, props.place.timeZone);
  const coverage = format.percent(now.coverage);
  return (
    <span className={`${asOf === null ? 'muted' : classes.lost} small figures`} data-testid="data-to">
      {asOf === null ? (
        <Trans>
          Data to {clock} · coverage {coverage}
        </Trans>
      ) : (
        <Trans>
          As of {asOf}: data to {clock} · coverage {coverage}
        </Trans>
      )}
    </span>
  );
}

function Waiting() {
  return (
    <div aria-busy="true">
      <div className="page-title" />
      <div className="live-grid shell">
        {['counter', 'latency', 'throughput', 'health', 'occupancy', 'cameras'].map((cell) => (
          <div key={cell} className={`card cell-${cell}`} data-state="loading" />
        ))}
      </div>
      <span className="visually-hidden">
        <Trans>Loading</Trans>
      </span>
    </div>
  );
}
