import { expect, it } from 'vitest';
import { outside, UNDER_BUTTON } from './info-side.ts';

const card = (top: number, height: number) =>
  [
    { top: top + 12, bottom: top + 36 },
    { top, bottom: top + height },
  ] as const;

it.each([
  ['above, where the window has room there', 316, 600, 900, { position: 'top-start', offset: 20 }],
  ['below, where it has not', 108, 192, 900, { position: 'bottom-start', offset: 164 }],
  ['under its button, where the card fills the window', 60, 700, 844, UNDER_BUTTON],
])('an explanation opens %s', (_, top, height, window, side) => {
  expect(outside(...card(top, height), window)).toEqual(side);
});
