/** The cameras of the place: how many work, which ones do not, and every one as a mark to open. */
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { List } from 'lucide-react';
import { useState } from 'react';
import type { Camera, Place } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { Card } from '../../kit/card.tsx';
import { ageMs, liveCardState } from '../../kit/card-state.ts';
import { StatusMark } from '../../kit/status-mark.tsx';
import { useLive, useNow } from '../../live/live.tsx';
import { serverNow } from '../../live/state.ts';
import { useAsOf } from '../../live/use-as-of.ts';
import { CameraDrawer, type DrawerView } from './camera-drawer.tsx';
import { type CameraFacts, countByStatus, factsOf, needingAttention, STATUSES } from './camera-facts.ts';
import { CameraMarks } from './camera-marks.tsx';
import classes from './cameras-card.module.css';
import { useStatusWords } from './use-status-words.ts';

const CADENCE_MS = 10_000;
const SHOWN = 5;

export function CamerasCard(props: { place: Place; places: Place[]; cameras: Camera[] }) {
  const live = useLive(CADENCE_MS);
  const clock = useNow(CADENCE_MS, live);
  const { t } = useLingui();
  const asOf = useAsOf(props.place.timeZone);
  const [view, setView] = useState<DrawerView | null>(null);
  const cameras = factsOf(props.cameras, live.cameras);
  const open = (camera: CameraFacts) => setView({ kind: 'camera', id: camera.id });
  return (
    <>
      <Card
        cell="cell-cameras"
        title={t`Cameras`}
        explanation={
          <Trans>
            A camera is online while its events or its heartbeats arrive in time, and offline after a silence
            of several of its heartbeats, which are agreed camera by camera and stand in its panel. Error
            means that the camera itself reported a fault, or that what it sends now is more than a day old.
            Looked at every 10 seconds.
          </Trans>
        }
        asOf={asOf}
        state={liveCardState(live, clock, CADENCE_MS, { known: cameras.length > 0 })}
        empty={<Trans>No camera looks at this place.</Trans>}
        actions={
          cameras.length > 0 ? (
            <Button
              size="compact-xs"
              variant="default"
              className={classes.list}
              leftSection={<List size={14} aria-hidden="true" />}
              onClick={() => setView({ kind: 'list' })}
            >
              <Trans>List</Trans>
            </Button>
          ) : null
        }
      >
        <Summary cameras={cameras} />
        <div className={classes.more}>
          <Attention
            cameras={needingAttention(cameras)}
            age={(camera) => ageMs(live, clock, camera.lastSeen)}
            onOpen={open}
          />
          <CameraMarks places={props.places} cameras={cameras} asOf={asOf} onOpen={open} />
        </div>
      </Card>
      <CameraDrawer
        view={view}
        onView={setView}
        cameras={cameras}
        places={props.places}
        timeZone={props.place.timeZone}
        now={serverNow(live, clock)}
        asOf={asOf}
      />
    </>
  );
}

function Summary(props: { cameras: readonly CameraFacts[] }) {
  const counts = countByStatus(props.cameras);
  const words = useStatusWords();
  const format = useFormat();
  return (
    <ul className={classes.summary}>
      {STATUSES.filter((status) => counts[status] > 0).map((status) => (
        <li key={status}>
          <StatusMark mark={status} size={12} />
          <strong>{format.count(counts[status])}</strong> {words[status]}
        </li>
      ))}
    </ul>
  );
}

type AttentionProps = {
  cameras: readonly CameraFacts[];
  age: (camera: CameraFacts) => number | null;
  onOpen: (camera: CameraFacts) => void;
};

function Attention(props: AttentionProps) {
  const words = useStatusWords();
  const format = useFormat();
  const rest = props.cameras.length - SHOWN;
  if (props.cameras.length === 0) {
    return (
      <p className={classes.calm}>
        <Trans>No camera needs attention.</Trans>
      </p>
    );
  }
  return (
    <ul className={classes.attention}>
      {props.cameras.slice(0, SHOWN).map((camera) => {
        const age = props.age(camera);
        const seen = age === null ? null : format.ago(age);
        return (
          <li key={camera.id}>
            <button type="button" className={classes.row} onClick={() => props.onOpen(camera)}>
              <StatusMark mark={camera.status} />
              <span className={classes.name} title={camera.name}>
                {camera.name}
              </span>
              <span className={classes.why}>
                {words[camera.status]}
                {seen === null ? <Trans>, nothing sent yet</Trans> : <Trans>, last seen {seen}</Trans>}
              </span>
            </button>
          </li>
        );
      })}
      {rest > 0 ? (
        <li className="muted small">
          <Plural value={rest} one="and # more" other="and # more" />
        </li>
      ) : null}
    </ul>
  );
}
