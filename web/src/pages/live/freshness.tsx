/** The line under a figure: how far its data reach, what share of the place was seen, and how old it is when old. */
import { Trans } from '@lingui/react/macro';
import type { Place, PlaceNow } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { ageMs, isLate, isStale, silenceMs } from '../../kit/card-state.ts';
import { type LiveState, serverNow } from '../../live/state.ts';

type Props = {
  live: LiveState;
  now: number;
  place: Place;
  subject: PlaceNow;
  /** How often the card looks: what it has is as old as that, although the line is alive. */
  cadenceMs: number;
  /** Nothing is heard any more, by whatever cadence. */
  lost: boolean;
};

export function Freshness(props: Props) {
  const { live, now, place, subject } = props;
  const format = useFormat();
  const clock = format.until(subject.asOf, serverNow(live, now), place.timeZone);
  if (props.lost || isStale(live, now, props.cadenceMs)) {
    const age = format.ago(silenceMs(live, now));
    return (
      <Trans>
        Data to {clock}, last heard {age}
      </Trans>
    );
  }
  const age = format.ago(ageMs(live, now, subject.asOf) ?? 0);
  // Before its age alone, and however young it is: this is not going to be heard from again.
  if (subject.coverage === null) {
    return (
      <Trans>
        Data to {clock}, {age} · no camera feeds this place now
      </Trans>
    );
  }
  if (isLate(live, now, subject.asOf)) {
    return (
      <Trans>
        Data to {clock}, {age}
      </Trans>
    );
  }
  if (subject.coverage === 0) {
    return <Trans>Data to {clock} · no camera is online, nobody knows what came since</Trans>;
  }
  if (subject.coverage < 1) {
    const coverage = format.percent(subject.coverage);
    return (
      <Trans>
        Data to {clock} · only {coverage} of the place is seen
      </Trans>
    );
  }
  return <Trans>Data to {clock} · everything seen</Trans>;
}
