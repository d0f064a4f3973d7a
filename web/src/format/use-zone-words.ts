/**
 * The zone of every time on the page, in words: those of the place's clock, which are explained once where the clock of whoever looks
 * shows others.
 */
import { useLingui } from '@lingui/react/macro';
import { rangeOfDay } from './local-day.ts';
import { useFormat } from './use-format.ts';

const HALF_DAY_MS = 43_200_000;

/** `day`: the one that is shown, where that is not now; the clocks may have been changed since. */
export function useZoneWords(timeZone: string, day: string | undefined): string {
  const { t } = useLingui();
  const format = useFormat();
  const at = day === undefined ? Date.now() : rangeOfDay(day, timeZone).start + HALF_DAY_MS;
  const zone = format.zone(timeZone, at);
  const own = format.zone(Intl.DateTimeFormat().resolvedOptions().timeZone, at);
  return zone === own ? zone : t`times in ${zone}`;
}
