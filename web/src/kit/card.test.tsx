import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { Problem } from '../api/problem.ts';
import { initialState } from '../live/state.ts';
import { show } from '../test/show.tsx';
import { Card, type CardProps } from './card.tsx';
import { ageMs, type CardState, isStale, liveCardState, problemState } from './card-state.ts';

function card(state: CardState, change: Partial<CardProps> = {}) {
  show(
    <Card
      cell="cell-counter"
      title="Inside"
      explanation="words"
      state={state}
      empty="Add a camera."
      {...change}
    >
      <b>142</b>
    </Card>,
  );
  return screen.getByRole('region', { name: 'Inside' });
}

describe('each state says itself in data-state', () => {
  it.each(['ready', 'partial', 'stale'] as const)('%s shows the number', (state) => {
    const box = card(state, { footer: 'Data to 18:30' });
    expect(box.dataset.state).toBe(state);
    expect(box.textContent).toContain('142');
    expect(box.textContent).toContain('Data to 18:30');
  });

  it('loading is busy and shows no number', () => {
    const box = card('loading');
    expect(box.getAttribute('aria-busy')).toBe('true');
    expect(box.textContent).not.toContain('142');
    expect(box.textContent).toContain('Loading');
  });

  it('empty says what to do', () => {
    expect(card('empty').textContent).toContain('Add a camera.');
  });

  it('error shows the sentence, the request number, and tries again', () => {
    const retry = vi.fn();
    card('error', {
      problem: new Problem(503, 'the store is full', { code: 'full', requestId: 'r-77' }),
      onRetry: retry,
    });
    expect(screen.getByRole('alert').textContent).toContain('The store is full.');
    expect(screen.getByRole('alert').textContent).toContain('Request number r-77');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
  });

  it('error without an answer says that the server cannot be reached', () => {
    card('error', { problem: new Problem(0, 'Failed to fetch') });
    expect(screen.getByRole('alert').textContent).toContain('The server cannot be reached.');
    expect(screen.getByRole('alert').textContent).not.toContain('Failed to fetch');
  });

  it('denied says whom to ask', () => {
    expect(card('denied').textContent).toContain('administrator');
  });
});

describe('which state', () => {
  const live = { ...initialState, phase: 'live' as const, at: 100_000, receivedAt: 50_000 };
  const seen = { known: true, coverage: 1 };

  it('is stale after three missed beats of its own cadence', () => {
    expect(isStale(live, 53_000, 1_000)).toBe(false);
    expect(isStale(live, 53_001, 1_000)).toBe(true);
    expect(isStale(live, 79_000, 10_000)).toBe(false);
  });

  it('does not call a number old that is polled every 5 s', () => {
    expect(isStale({ ...live, phase: 'polling' }, 64_000, 1_000)).toBe(false);
    expect(isStale({ ...live, phase: 'polling' }, 66_000, 1_000)).toBe(true);
  });

  it('goes from loading to ready, partial, empty', () => {
    expect(liveCardState(initialState, 0, 1_000, seen)).toBe('loading');
    expect(liveCardState(live, 50_500, 1_000, seen)).toBe('ready');
    expect(liveCardState(live, 50_500, 1_000, { known: true, coverage: 0.97 })).toBe('partial');
    expect(liveCardState(live, 50_500, 1_000, { known: false, coverage: null })).toBe('empty');
  });

  it('does not call a number current that is, although the line is alive, minutes behind', () => {
    const asOf = new Date(100_000 - 6 * 60_000).toISOString();
    expect(liveCardState(live, 50_500, 1_000, { ...seen, asOf })).toBe('stale');
    expect(liveCardState(live, 50_500, 1_000, { ...seen, asOf: new Date(40_000).toISOString() })).toBe(
      'ready',
    );
  });

  it('is stale while nobody looks: no camera is online, or none feeds the place at all', () => {
    expect(liveCardState(live, 50_500, 1_000, { known: true, coverage: 0 })).toBe('stale');
    expect(liveCardState(live, 50_500, 1_000, { known: true, coverage: null })).toBe('stale');
  });

  it('asks nobody to look where the subject is no place', () => {
    expect(liveCardState(live, 50_500, 1_000, { known: true })).toBe('ready');
  });

  it('is an error when there never was an answer', () => {
    expect(liveCardState({ ...initialState, phase: 'offline' }, 0, 1_000, seen)).toBe('error');
  });

  it('tells "you may not" from "it broke"', () => {
    expect(problemState(new Problem(403, 'no'))).toBe('denied');
    expect(problemState(new Problem(500, 'no'))).toBe('error');
  });

  it('measures ages by the clock of the server', () => {
    expect(ageMs(live, 50_500, new Date(99_000).toISOString())).toBe(1_500);
    expect(ageMs(live, 50_500, null)).toBeNull();
    expect(ageMs(live, 50_500, 'soon')).toBeNull();
  });
});
