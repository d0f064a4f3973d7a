/** Is anything wrong? One verdict in words, and the three facts it rests on. */
import { plural } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import type { Camera, Place } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { usePhaseWords } from '../../frame/connection-pill.tsx';
import { Card } from '../../kit/card.tsx';
import { ageMs, isLate, liveCardState } from '../../kit/card-state.ts';
import { StatusMark } from '../../kit/status-mark.tsx';
import { useLive, useNow } from '../../live/live.tsx';
import type { Phase } from '../../live/state.ts';
import { type CameraFacts, countByStatus, factsOf } from './camera-facts.ts';
import classes from './health-card.module.css';

const CADENCE_MS = 10_000;

export function HealthCard(props: { place: Place; cameras: Camera[] }) {
  const live = useLive(CADENCE_MS);
  const clock = useNow(CADENCE_MS, live);
  const format = useFormat();
  const { t } = useLingui();
  const cameras = factsOf(props.cameras, live.cameras);
  const phase = usePhaseWords(live.phase, live.downSince);
  const subject = live.places.get(props.place.id);
  const age = ageMs(live, clock, subject?.asOf ?? null);
  const counts = countByStatus(cameras);
  const online = format.count(counts.online);
  const all = format.count(cameras.length);
  return (
    <Card
      cell="cell-health"
      title={t`Health`}
      explanation={
        <Trans>
          The connection of this screen, the cameras of this place, and how far its data reach. Everything is
          well when the connection is live and every camera is online.
        </Trans>
      }
      state={liveCardState(live, clock, CADENCE_MS, { known: true, coverage: null })}
    >
      <Verdict phase={live.phase} cameras={cameras} late={isLate(live, clock, subject?.asOf ?? null)} />
      <dl className={classes.facts}>
        <div>
          <dt>
            <Trans>Connection</Trans>
          </dt>
          <dd>{phase}</dd>
        </div>
        <div>
          <dt>
            <Trans>Cameras online</Trans>
          </dt>
          <dd>
            <Trans>
              {online} of {all}
            </Trans>
          </dd>
        </div>
        <div>
          <dt>
            <Trans>Coverage</Trans>
          </dt>
          <dd>{format.percent(subject?.coverage)}</dd>
        </div>
        <div>
          <dt>
            <Trans>Newest data</Trans>
          </dt>
          <dd>{age === null ? <Trans>none yet</Trans> : format.ago(age)}</dd>
        </div>
      </dl>
    </Card>
  );
}

function Verdict(props: { phase: Phase; cameras: readonly CameraFacts[]; late: boolean }) {
  const { t } = useLingui();
  const down = props.cameras.filter(
    (camera) => camera.status === 'offline' || camera.status === 'error',
  ).length;
  const connected = props.phase === 'live' || props.phase === 'polling';
  const nobody = props.cameras.length > 0 && props.cameras.every((camera) => camera.status !== 'online');
  const words = !connected
    ? t`This screen has no live connection`
    : nobody
      ? t`No camera is online`
      : down > 0
        ? t`${plural(down, { one: '# camera needs attention', other: '# cameras need attention' })}`
        : props.late
          ? t`The numbers are late`
          : t`Everything is well`;
  return (
    <p className={classes.verdict}>
      <StatusMark
        mark={!connected ? 'waiting' : nobody || down > 0 ? 'error' : props.late ? 'stale' : 'online'}
      />
      {words}
    </p>
  );
}
