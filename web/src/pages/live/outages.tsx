/** What nobody could deliver because no server ran, said where the numbers stand that lack it. */
import { Plural, Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { placeRealtimeQuery } from '../../api/queries.ts';
import type { Outage, Place } from '../../api/types.ts';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { isUnwatched } from '../../kit/card-state.ts';
import { StatusMark } from '../../kit/status-mark.tsx';
import { useLive } from '../../live/live.tsx';
import classes from './outages.module.css';

/** Said one by one; of more only how many there are. */
const SAID = 2;

/** Those of today and of the chart, from the same answer as the chart. */
export function useOutages(place: Place): readonly Outage[] {
  const live = useLive(5_000);
  const subject = live.places.get(place.id);
  const watched = subject !== undefined && !isUnwatched(subject.coverage);
  return useQuery(placeRealtimeQuery(place.id, live.epoch, watched)).data?.outages ?? [];
}

export function Outages(props: { outages: readonly Outage[]; place: Place; now: number }) {
  const { outages, place, now } = props;
  const format = useFormat();
  const more = outages.length - SAID;
  return outages.length === 0 ? null : (
    <ul className={classes.outages}>
      {outages
        .slice(-SAID)
        .toReversed()
        .map((outage) => {
          const from = momentOf(outage.from, now, place.timeZone, format);
          const to = momentOf(outage.to, now, place.timeZone, format);
          const coverage = format.percent(outage.coverage);
          return (
            <li key={outage.from}>
              <StatusMark mark="stale" size={12} />
              <span>
                {outage.coverage === 0 ? (
                  <Trans>
                    No data from {from} to {to}: the server was not running.
                  </Trans>
                ) : (
                  <Trans>
                    From {from} to {to} the server was not running; the cameras sent {coverage} of it later.
                  </Trans>
                )}
              </span>
            </li>
          );
        })}
      {more > 0 ? (
        <li>
          <Plural value={more} one="and # earlier outage" other="and # earlier outages" />
        </li>
      ) : null}
    </ul>
  );
}

/** The minute alone where it is of today. */
function momentOf(at: string, now: number, timeZone: string, format: Format): string {
  const minute = format.hourMinute(at, timeZone);
  const day = format.day(at, timeZone);
  return day === format.day(now, timeZone) ? minute : `${day}, ${minute}`;
}
