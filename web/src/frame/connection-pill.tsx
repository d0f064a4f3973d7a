/** Says in shape, colour and words whether the numbers on the screen are moving with the building. */
import { useLingui } from '@lingui/react/macro';
import { useFormat } from '../format/use-format.ts';
import { type Mark, StatusMark } from '../kit/status-mark.tsx';
import { useLive } from '../live/live.tsx';
import type { Phase } from '../live/state.ts';
import classes from './connection-pill.module.css';

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
  const { phase, downSince } = useLive(1_000);
  const words = usePhaseWords(phase, downSince);
  return (
    <div role="status" className={classes.pill} data-phase={phase} data-testid="connection">
      <StatusMark mark={MARKS[phase]} size={12} />
      <span>{words}</span>
    </div>
  );
}

export function usePhaseWords(phase: Phase, downSince: number | null): string {
  const { t } = useLingui();
  const format = useFormat();
  // The browser's own zone on purpose: it is this screen that lost the connection, not the site.
  const since = format.hourMinute(downSince, Intl.DateTimeFormat().resolvedOptions().timeZone);
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
