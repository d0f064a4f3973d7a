/**
 * Where all that is known of a place was recorded long ago: what it is, when it ended, and the way to its last day. In place of
 * how far its data reach and how much of it is seen now.
 */
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { History } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Camera, Place } from '../../api/types.ts';
import { localDay } from '../../format/local-day.ts';
import { useFormat } from '../../format/use-format.ts';
import { useLive } from '../../live/live.tsx';
import { factsOf, isRecording } from './camera-facts.ts';
import classes from './recording-notice.module.css';

type Props = {
  place: Place;
  cameras: readonly Camera[];
  /** The day that is shown already. */
  day: string | undefined;
  onDay: (day: string) => void;
  /** What stands here of a place that is no recording. */
  children?: ReactNode;
};

export function RecordingNotice(props: Props) {
  const { place, cameras, day, onDay } = props;
  const live = useLive(10_000);
  const format = useFormat();
  const asOf = live.places.get(place.id)?.asOf ?? null;
  if (asOf === null || !isRecording(factsOf(cameras, live.cameras))) return props.children;
  const last = localDay(Date.parse(asOf), place.timeZone);
  const ended = format.day(asOf, place.timeZone);
  return (
    <div className={classes.notice} role="status">
      <span className={classes.words}>
        <History size={16} aria-hidden="true" />
        <span>
          <Trans>This is a recording that ended on {ended}: nobody is counted here now.</Trans>
        </span>
      </span>
      {day === last ? null : (
        <Button size="compact-sm" variant="default" onClick={() => onDay(last)}>
          <Trans>Open its last day</Trans>
        </Button>
      )}
    </div>
  );
}
