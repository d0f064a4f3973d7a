/** Where an explanation opens: outside of the card it explains, because nobody can read a number that is covered by its meaning. */

export type Side = { position: 'top-start' | 'bottom-start'; offset: number };

type Edges = { top: number; bottom: number };

const GAP = 8;
/** More than the longest explanation takes, in either language. */
const ROOM = 200;
/** The header above, and on phones the navigation below, are as high. */
const BAR = 56;

/** Where there is no card around the button, and where there is no room outside of it. */
export const UNDER_BUTTON: Side = { position: 'bottom-start', offset: GAP };

export function outside(button: Edges, card: Edges, windowHeight: number): Side {
  if (card.top - BAR >= ROOM) return { position: 'top-start', offset: button.top - card.top + GAP };
  if (windowHeight - BAR - card.bottom >= ROOM) {
    return { position: 'bottom-start', offset: card.bottom - button.bottom + GAP };
  }
  return UNDER_BUTTON;
}
