import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

it('doubles from half a second and stays at 15 s', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1_000].map((attempt) => backoffMs(attempt, 1))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
  ]);
});

it('leaves half of the wait to chance', () => {
  expect(backoffMs(2, 0)).toBe(1_000);
  expect(backoffMs(2, 0.5)).toBe(1_500);
});
