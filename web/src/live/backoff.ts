/** 0.5 s doubling to 15 s. Half of each wait is left to chance, so that a thousand screens do not return at once. */
export function backoffMs(attempt: number, chance: number): number {
  const whole = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(whole * (0.5 + chance / 2));
}
