/** How long events take from the scene to the server. */
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import type { Camera } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { Card } from '../../kit/card.tsx';
import { liveCardState } from '../../kit/card-state.ts';
import { Sparkline } from '../../kit/sparkline.tsx';
import { useLive, useNow } from '../../live/live.tsx';
import { latenciesNow, percentile } from '../../live/state.ts';
import { useAsOf } from '../../live/use-as-of.ts';
import { factsOf } from './camera-facts.ts';
import classes from './kpi.module.css';

const CADENCE_MS = 10_000;

/** `cameras`: all that somebody may see. One that the feed still knows and this list does not is gone. */
export function LatencyCard(props: { cameras: Camera[]; timeZone: string }) {
  const live = useLive(CADENCE_MS);
  const now = useNow(CADENCE_MS, live);
  const format = useFormat();
  const { t } = useLingui();
  const asOf = useAsOf(props.timeZone);
  const latencies = latenciesNow(factsOf(props.cameras, live.cameras).flatMap((camera) => camera.now ?? []));
  const measured = latencies.length;
  return (
    <Card
      cell="cell-latency"
      title={t`Latency`}
      explanation={
        <Trans>
          From the moment something happens in front of a camera until the server has its event: 19 of 20
          cameras are at least this fast. Taken from the latest event of each camera that is online and that
          you may see, also of other places; that of one camera is in its panel.
        </Trans>
      }
      asOf={asOf}
      state={liveCardState(live, now, CADENCE_MS, { known: measured > 0 })}
      empty={<Trans>Not measured now: no camera that is online has sent an event.</Trans>}
    >
      <div className={classes.kpi}>
        <span className={classes.number}>
          {format.milliseconds(percentile(latencies, 0.95))}{' '}
          <span className={classes.unit}>
            <Plural value={measured} one="p95 of # camera" other="p95 of # cameras" />
          </span>
        </span>
        <Sparkline values={live.kpis.map((point) => point.latencyMs)} label={t`Latency, last minutes`} />
      </div>
    </Card>
  );
}
