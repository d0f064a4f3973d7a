/** Events per second arriving from all cameras: the pulse of the installation, not of one place. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useFormat } from '../../format/use-format.ts';
import { Card } from '../../kit/card.tsx';
import { liveCardState } from '../../kit/card-state.ts';
import { Sparkline } from '../../kit/sparkline.tsx';
import { useLive, useNow } from '../../live/live.tsx';
import { useAsOf } from '../../live/use-as-of.ts';
import classes from './kpi.module.css';

const CADENCE_MS = 10_000;

export function ThroughputCard(props: { timeZone: string }) {
  const live = useLive(CADENCE_MS);
  const now = useNow(CADENCE_MS, live);
  const format = useFormat();
  const { t } = useLingui();
  const asOf = useAsOf(props.timeZone);
  const rate = format.figure(live.throughput);
  return (
    <Card
      cell="cell-throughput"
      title={t`Throughput`}
      explanation={
        <Trans>
          Events received from all cameras, per second, averaged over the last 10 seconds. The line shows the
          time since this page was opened, at most 10 minutes.
        </Trans>
      }
      asOf={asOf}
      state={liveCardState(live, now, CADENCE_MS, { known: live.throughput !== null })}
      empty={<Trans>Measuring: the server has just started.</Trans>}
    >
      <div className={classes.kpi}>
        <span className={classes.number} data-testid="throughput">
          <Trans>
            {rate} <span className={classes.unit}>events/s</span>
          </Trans>
        </span>
        <Sparkline values={live.kpis.map((point) => point.throughput)} label={t`Throughput, last minutes`} />
      </div>
    </Card>
  );
}
