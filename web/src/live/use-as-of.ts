/** "14:32:05", by the clock of the place, while nothing newer is heard; null while the numbers are those of now. */
import { useFormat } from '../format/use-format.ts';
import { useLostAt, useServerClock } from './live.tsx';

export function useAsOf(timeZone: string): string | null {
  const lostAt = useLostAt();
  const format = useFormat();
  const clock = useServerClock();
  return lostAt === null ? null : format.until(lostAt, clock(), timeZone);
}
