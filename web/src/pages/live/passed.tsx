/** What the counter says of a place where people only pass: no number of people inside, for nobody measures one. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { PlaceNow } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import classes from './counter-card.module.css';

/** `day`: of the number, where it is not today; `clock`: until when, since nothing more is heard. */
export function usePassedTitle(day: string | null, clock: string | null): string {
  const { t } = useLingui();
  if (day !== null) return t`People who passed on ${day}`;
  return clock === null ? t`People who passed today` : t`People who passed today until ${clock}`;
}

export function Passed(props: { now: PlaceNow }) {
  const format = useFormat();
  return (
    <div className={classes.figures}>
      <div className={classes.main}>
        <span className={classes.number} data-testid="passed">
          {format.count(props.now.passToday)}
        </span>
      </div>
      <span className="muted small">
        <Trans>How many are inside is not measured: nobody is counted in or out here.</Trans>
      </span>
    </div>
  );
}
