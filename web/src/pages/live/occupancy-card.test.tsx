import { fireEvent, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { AT, place, placeNow } from '../../test/samples.ts';
import { heard, show } from '../../test/show.tsx';
import { OccupancyCard } from './occupancy-card.tsx';

vi.mock('../../kit/plot.ts', () => ({ plot: () => ({ update() {}, cursor() {}, destroy() {} }) }));
vi.mock('../../api/client.ts', () => ({
  api: {
    placeRealtime: async () => ({
      timestamp: AT,
      trends: {
        timestamps: ['2026-11-14T11:28:00.000Z', '2026-11-14T11:29:00.000Z'],
        occupancy: [139, 140],
        count: [2, 3],
        coverage: [1, 1],
      },
    }),
  },
}));

const stateOf = async (coverage: number | null) => {
  show(
    <OccupancyCard place={place()} onDay={() => undefined} />,
    heard({ places: [placeNow({ coverage })] }),
  );
  await screen.findByRole('figure');
  return screen.getByRole('region', { name: 'People inside, last 30 minutes' }).dataset.state;
};

it('is ready while all cameras of the place are online', async () => {
  expect(await stateOf(1)).toBe('ready');
});

it('calls nothing old that came since it looked last, and what is three looks old', async () => {
  const footer = async (agoMs: number) => {
    const { unmount } = show(<OccupancyCard place={place()} onDay={() => undefined} />, heard({}, agoMs));
    await screen.findByRole('figure');
    const words = screen.getByRole('contentinfo').textContent;
    unmount();
    return words;
  };
  expect(await footer(5_000)).toBe('Data to 18:30:00 · everything seen');
  expect(await footer(16_000)).toMatch(/^Data to 18:30:00, last heard 1\d seconds ago$/);
});

it('draws who was counted where nobody measures an inside', async () => {
  show(
    <OccupancyCard place={place()} onDay={() => undefined} />,
    heard({ places: [placeNow({ occupancy: null, rawOccupancy: null, passToday: 5 })] }),
  );
  await screen.findByRole('figure', { name: /^People counted, last 30 minutes/ });
  expect(screen.getByRole('region', { name: 'People counted, last 30 minutes' }).dataset.state).toBe('ready');
  expect(screen.queryByText('People inside, last 30 minutes')).toBeNull();
});

it('opens today as a whole, by the clock of the place', async () => {
  const onDay = vi.fn();
  const late = '2026-11-14T17:30:00.000Z';
  show(
    <OccupancyCard place={place()} onDay={onDay} />,
    heard({ at: late, places: [placeNow({ asOf: late })] }),
  );
  fireEvent.click(screen.getByRole('button', { name: 'Whole day' }));
  expect(onDay).toHaveBeenCalledWith('2026-11-15');
});

it.each([0, null])('is stale while nobody looks (coverage %s)', async (coverage) => {
  expect(await stateOf(coverage)).toBe('stale');
});
