/** Is anything wrong? One verdict in words, and the three facts it rests on. */
import { plural } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import type { Camera, Place } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { usePhaseWords } from '../../frame/connection-pill.tsx';
import { Card } from '../../kit/card.tsx';
import { ageMs, isLate, liveCardState } from '../../kit/card-state.ts';
import { type Mark, StatusMark } from '../../kit/status-mark.tsx';
import { useLive, useNow } from '../../live/live.tsx';
import type { Phase } from '../../live/state.ts';
import { useAsOf } from '../../live/use-as-of.ts';
import { type CameraFacts, countByStatus, factsOf, isRecording } from './camera-facts.ts';
import classes from './health-card.module.css';

const CADENCE_MS = 10_000;

export function HealthCard(props: { place: Place; cameras: Camera[] }) {
  const live = useLive(CADENCE_MS);
  const clock = useNow(CADENCE_MS, live);
  const format = useFormat();
  const { t } = useLingui();
  const asOf = useAsOf(props.place.timeZone);
  const cameras = factsOf(props.cameras, live.cameras);
  const phase = usePhaseWords(live, props.place.timeZone);
  const subject = live.places.get(props.place.id);
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
      asOf={asOf}
      state={liveCardState(live, clock, CADENCE_MS, { known: true })}
    >
      <Verdict
        phase={live.phase}
        cameras={cameras}
        fed={cameras.length > 0 && subject?.coverage !== null}
        late={isLate(live, clock, subject?.asOf ?? null)}
      />
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
          <dd>
            <NewestData place={props.place} />
          </dd>
        </div>
      </dl>
    </Card>
  );
}

/** Looks more often than its card: seen every ten seconds only, the newest would be told as up to ten seconds old. */
function NewestData(props: { place: Place }) {
  const live = useLive(1_000);
  const age = ageMs(live, useNow(1_000, live), live.places.get(props.place.id)?.asOf ?? null);
  const format = useFormat();
  return age === null ? <Trans>none yet</Trans> : format.ago(age);
}

type VerdictProps = {
  phase: Phase;
  cameras: readonly CameraFacts[];
  /** Cameras that stand in a place need not count for it: theirs may be inner doors. */
  fed: boolean;
  late: boolean;
};

function Verdict(props: VerdictProps) {
  const { t } = useLingui();
  // Whatever is not online counts nobody, one that was never heard from as little as one that fell silent. A recording is not
  // expected to.
  const here = props.cameras.filter((camera) => camera.status !== 'recording');
  const down = here.filter((camera) => camera.status !== 'online').length;
  const connected = props.phase === 'live' || props.phase === 'polling';
  const nobody = here.length > 0 && down === here.length;
  const verdict = (): [Mark, string] => {
    if (!connected) return ['waiting', t`This screen has no live connection`];
    if (isRecording(props.cameras)) return ['recording', t`A recording: nobody is counted here now`];
    if (nobody) return ['error', t`No camera is online`];
    if (down > 0) {
      const words = t`${plural(down, { one: '# camera needs attention', other: '# cameras need attention' })}`;
      return ['error', words];
    }
    if (!props.fed) return ['stale', t`No camera feeds this place`];
    if (props.late) return ['stale', t`The numbers are late`];
    return ['online', t`Everything is well`];
  };
  const [mark, words] = verdict();
  return (
    <p className={classes.verdict}>
      <StatusMark mark={mark} />
      {words}
    </p>
  );
}
