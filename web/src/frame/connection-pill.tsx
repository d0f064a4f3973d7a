/** Says in shape, colour and words whether the numbers on the screen are moving with the building. */
import { useLingui } from '@lingui/react/macro';
import { useFormat } from '../format/use-format.ts';
import { type Mark, StatusMark } from '../kit/status-mark.tsx';
import { useLive } from '../live/live.tsx';
import { type LiveState, type Phase, serverNow } from '../live/state.ts';
import classes from './connection-pill.module.css';
import { useChosenPlace } from './use-chosen-place.ts';

const MARKS: Record<Phase, Mark> = {
  connecting: 'waiting',
  live: 'online',
  delayed: 'stale',
  reconnecting: 'waiting',
  polling: 'stale',
  offline: 'offline',
  'signed-out': 'offline',
};

export function ConnectionPill() {
  const live = useLive(1_000);
  const { phase } = live;
  const words = usePhaseWords(live, useChosenPlace().chosen?.timeZone ?? 'UTC');
  return (
    <div role="status" className={classes.pill} data-phase={phase} data-testid="connection">
      <StatusMark mark={MARKS[phase]} size={12} />
      <span>{words}</span>
    </div>
  );
}

/** Also here by the clock of the place, although it is this screen that lost the connection: two clocks on one page mislead. */
export function usePhaseWords(live: LiveState, timeZone: string): string {
  const { t } = useLingui();
  const format = useFormat();
  const { phase, downSince } = live;
  const since = format.hourMinute(downSince === null ? null : serverNow(live, downSince), timeZone);
  const words: Record<Phase, string> = {
    connecting: t`Connecting`,
    live: t`Live`,
    delayed: t`Delayed`,
    reconnecting: t`Reconnecting`,
    polling: t`Polling every 5 s`,
    offline: t`Offline since ${since}`,
    'signed-out': t`Signed out`,
  };
  return words[phase];
}
