/** The side panel: all cameras as a list, or what is known of one. */
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { asProblem } from '../../api/problem.ts';
import { cameraRealtimeQuery } from '../../api/queries.ts';
import type { Place } from '../../api/types.ts';
import { pastDay } from '../../format/past-day.ts';
import { useFormat } from '../../format/use-format.ts';
import { Failure } from '../../kit/card.tsx';
import { pointsOf } from '../../kit/series.ts';
import { StatusMark } from '../../kit/status-mark.tsx';
import { TimeChart } from '../../kit/time-chart.tsx';
import { ancestors } from '../../places.ts';
import classes from './camera-drawer.module.css';
import type { CameraFacts } from './camera-facts.ts';
import { useStatusWords } from './use-status-words.ts';

export type DrawerView = { kind: 'list' } | { kind: 'camera'; id: string };

type Props = {
  view: DrawerView | null;
  onView: (view: DrawerView | null) => void;
  cameras: readonly CameraFacts[];
  places: readonly Place[];
  timeZone: string;
  /** Server time. */
  now: number;
  /** Where the states are not those of now. */
  asOf: string | null;
};

export function CameraDrawer(props: Props) {
  const { view, onView, asOf } = props;
  const { t } = useLingui();
  const title = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const before = useRef<DrawerView | null>(null);
  useEffect(() => {
    // The button that was pressed is gone with the old view. What opens the panel gets the focus back from the panel.
    const left = before.current;
    before.current = view;
    if (left === null || view === null || left === view) return;
    const row = left.kind === 'camera' ? `[data-row="${CSS.escape(left.id)}"]` : null;
    const back = row === null ? null : body.current?.querySelector<HTMLElement>(row);
    (back ?? title.current)?.focus();
  }, [view]);
  const camera = view?.kind === 'camera' ? props.cameras.find((one) => one.id === view.id) : undefined;
  const gone = view?.kind === 'camera' && camera === undefined;
  useEffect(() => {
    // Removed, retired or moved while its panel was open. The list takes the focus, and nothing opens when it comes back.
    if (gone) onView({ kind: 'list' });
  }, [gone, onView]);
  return (
    <Drawer.Root
      opened={view !== null}
      onClose={() => onView(null)}
      position="right"
      size={420}
      classNames={{ content: classes.content ?? '' }}
    >
      <Drawer.Overlay backgroundOpacity={0.35} />
      <Drawer.Content>
        {/* Not Drawer.Header: it is a header element, and the page would then have two banners. */}
        <div className={classes.header}>
          <Drawer.Title ref={title} tabIndex={-1} className={classes.title}>
            {camera ? camera.name : t`Cameras`}
          </Drawer.Title>
          <Drawer.CloseButton aria-label={t`Close`} />
        </div>
        <Drawer.Body ref={body}>
          {asOf === null ? null : (
            <p className={classes.lost}>
              <StatusMark mark="stale" size={12} />
              <Trans>As of {asOf}: this screen has heard nothing since.</Trans>
            </p>
          )}
          {camera ? <One {...props} camera={camera} /> : <All {...props} />}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function All(props: Props) {
  const words = useStatusWords();
  const names = new Map(props.places.map((place) => [place.id, place.name]));
  const { t } = useLingui();
  return (
    <ul className={classes.all}>
      {props.cameras.map((camera) => (
        <li key={camera.id}>
          <button
            type="button"
            className={classes.item}
            data-row={camera.id}
            onClick={() => props.onView({ kind: 'camera', id: camera.id })}
          >
            <StatusMark mark={camera.status} />
            <span className={classes.name} title={camera.name}>
              {camera.name}
            </span>
            <span className="muted small">
              {names.get(camera.zoneId ?? '') ?? t`no zone`} · {words[camera.status]}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** As old as what a working camera sends can be: once a day, and by the clock of another zone. */
const OLD_AT_ARRIVAL_MS = 26 * 3_600_000;

function One(props: Props & { camera: CameraFacts }) {
  const { camera, places, timeZone } = props;
  const words = useStatusWords();
  const format = useFormat();
  const { t } = useLingui();
  const heartbeat = format.milliseconds(1_000 * camera.heartbeatSeconds);
  const silence = format.milliseconds(1_000 * camera.offlineAfterSeconds);
  const zone = places.find((place) => place.id === camera.zoneId);
  const path = zone ? [...ancestors(places, zone), zone].map((place) => place.name).join(' › ') : t`no zone`;
  return (
    <div className={classes.one}>
      <p className={classes.status}>
        <StatusMark mark={camera.status} />
        {words[camera.status]}
      </p>
      <dl className={classes.facts}>
        <dt>
          <Trans>Place</Trans>
        </dt>
        <dd>{path}</dd>
        <dt>
          <Trans>Last seen</Trans>
        </dt>
        <dd>{camera.lastSeen === null ? <Trans>never</Trans> : format.moment(camera.lastSeen, timeZone)}</dd>
        <DayCounts
          camera={camera}
          day={pastDay(camera.lastSeen, props.now, zone?.timeZone ?? timeZone, format)}
        />
        <WrongTime camera={camera} timeZone={timeZone} />
        <dt>
          <Trans>Latency of its latest event</Trans>
        </dt>
        <dd>{format.milliseconds(camera.now?.latencyMs)}</dd>
        <dt>
          <Trans>Lines</Trans>
        </dt>
        <dd>
          {camera.lines.map((line) => line.name).join(', ') || <Trans>every line its events name</Trans>}
        </dd>
        <dt>
          <Trans>Heartbeat</Trans>
        </dt>
        <dd>
          <Trans>
            every {heartbeat}, offline after {silence} of silence
          </Trans>
        </dd>
      </dl>
      <Recent cameraId={camera.id} timeZone={timeZone} />
      <Button
        variant="default"
        size="xs"
        leftSection={<ArrowLeft size={14} aria-hidden="true" />}
        onClick={() => props.onView({ kind: 'list' })}
      >
        <Trans>All cameras</Trans>
      </Button>
    </div>
  );
}

/** Of a camera that is there and tells of long ago: by how much. It may be its clock, or what it stored. */
function WrongTime(props: { camera: CameraFacts; timeZone: string }) {
  const { status, now } = props.camera;
  const format = useFormat();
  if (status !== 'error' || !now?.asOf || now.lastSeen === null) return null;
  const behind = Date.parse(now.lastSeen) - Date.parse(now.asOf);
  if (behind <= OLD_AT_ARRIVAL_MS) return null;
  const [at, ago] = [format.moment(now.asOf, props.timeZone), format.ago(behind)];
  return (
    <>
      <dt>
        <Trans>Newest data</Trans>
      </dt>
      <dd>
        <Trans>
          {at}, {ago} when they came: its clock is wrong, or it sends what it stored
        </Trans>
      </dd>
    </>
  );
}

/**
 * In and out of the last day it was heard from. Of a camera that was never heard from nobody knows: its zero is not nobody.
 * `day`: that day, where it is not today, cut at the midnights of the zone the camera stands in.
 */
function DayCounts(props: { camera: CameraFacts; day: string | null }) {
  const { camera } = props;
  const format = useFormat();
  const heard = camera.status !== 'new' && camera.lastSeen !== null;
  const people = (count: number | null | undefined) => format.count(heard ? count : null);
  // Without a number there is nothing of that day to tell, and it is today that nobody knows of.
  const day = typeof camera.now?.inToday === 'number' ? props.day : null;
  return (
    <>
      <dt>{day === null ? <Trans>In today</Trans> : <Trans>In on {day}</Trans>}</dt>
      <dd>{people(camera.now?.inToday)}</dd>
      <dt>{day === null ? <Trans>Out today</Trans> : <Trans>Out on {day}</Trans>}</dt>
      <dd>{people(camera.now?.outToday)}</dd>
      {camera.now?.passToday ? (
        <>
          <dt>{day === null ? <Trans>Passed today</Trans> : <Trans>Passed on {day}</Trans>}</dt>
          <dd>{people(camera.now.passToday)}</dd>
        </>
      ) : null}
    </>
  );
}

function Recent(props: { cameraId: string; timeZone: string }) {
  const { t } = useLingui();
  const answer = useQuery(cameraRealtimeQuery(props.cameraId));
  if (answer.error) {
    return <Failure problem={asProblem(answer.error)} onRetry={() => void answer.refetch()} />;
  }
  const trends = answer.data?.trends;
  const points = trends ? pointsOf(trends.timestamps, trends.count, trends.coverage) : [];
  return (
    <section className={classes.recent} aria-busy={answer.isPending}>
      <h3>
        <Trans>People counted, last 30 minutes</Trans>
      </h3>
      <TimeChart
        label={t`People counted, last 30 minutes`}
        points={points}
        limit={null}
        timeZone={props.timeZone}
      />
    </section>
  );
}
