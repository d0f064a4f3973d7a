/** How long events take from the scene to the server. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useFormat } from '../../format/use-format.ts';
import { Card } from '../../kit/card.tsx';
import { liveCardState } from '../../kit/card-state.ts';
import { Sparkline } from '../../kit/sparkline.tsx';
import { useLive, useNow } from '../../live/live.tsx';
import { latencyPercentile } from '../../live/state.ts';
import classes from './kpi.module.css';

const CADENCE_MS = 10_000;

export function LatencyCard() {
  const live = useLive(CADENCE_MS);
  const now = useNow(CADENCE_MS, live);
  const format = useFormat();
  const { t } = useLingui();
  const p95 = latencyPercentile(live.cameras.values(), 0.95);
  return (
    <Card
      cell="cell-latency"
      title={t`Latency`}
      explanation={
        <Trans>
          From the moment something happens in front of a camera until the server has its event: 19 of 20
          cameras are at least this fast. Taken from the latest event of each camera that you may see, also of
          other places; that of one camera is in its panel.
        </Trans>
      }
      state={liveCardState(live, now, CADENCE_MS, { known: p95 !== null })}
      empty={<Trans>Not measured yet: no camera has sent an event.</Trans>}
    >
      <div className={classes.kpi}>
        <span className={classes.number}>
          {format.milliseconds(p95)} <span className={classes.unit}>p95</span>
        </span>
        <Sparkline values={live.kpis.map((point) => point.latencyMs)} label={t`Latency, last minutes`} />
      </div>
    </Card>
  );
}
