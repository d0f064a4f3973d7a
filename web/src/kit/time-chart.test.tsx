import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { show } from '../test/show.tsx';
import { TimeChart } from './time-chart.tsx';

vi.mock('./plot.ts', () => ({ plot: () => ({ update() {}, cursor() {}, destroy() {} }) }));

const points = [3, 5].map((value, index) => ({ at: index * 60_000, value, coverage: 1 }));
const chart = () => show(<TimeChart label="People inside" points={points} limit={null} timeZone="UTC" />);

describe('the sentence', () => {
  it('says what kind of number the highest and the lowest are', () => {
    show(
      <TimeChart label="x" points={points} limit={null} timeZone="UTC" note="Past minutes by their mean." />,
    );
    expect(screen.getByRole('figure').textContent).toContain(
      'Last 5; highest 5 at 00:01, lowest 3 at 00:00. Past minutes by their mean.',
    );
  });
});

describe('what is hatched', () => {
  const sentence = (...values: (number | null)[]) => {
    const hatched = values.map((value, minute) => ({ at: minute * 60_000, value, coverage: 1 }));
    const { unmount } = show(<TimeChart label="x" points={hatched} limit={null} timeZone="UTC" />);
    const said = screen.getByRole('figure').textContent;
    unmount();
    return said;
  };

  it('is said with its time', () => {
    expect(sentence(1, null, null, 4, null, 6)).toContain('Hatched: no data 00:01–00:03, 00:04–00:05.');
    expect(sentence(1, 2)).not.toContain('no data');
  });

  it('is said without where it is many stretches', () => {
    expect(sentence(1, null, 1, null, 1, null, 1, null, 1)).toContain('Hatched: no data.');
  });
});

describe('the key v', () => {
  it('moves the focus into the table, and back to the chart', () => {
    chart();
    const slider = screen.getByRole('slider');
    slider.focus();
    fireEvent.keyDown(slider, { key: 'v' });
    const table = screen.getByRole('region', { name: 'People inside' });
    expect(document.activeElement).toBe(table);
    fireEvent.keyDown(table, { key: 'v' });
    expect(document.activeElement).toBe(screen.getByRole('slider'));
  });
});

describe('the button', () => {
  it('keeps the focus when it swaps chart and table', () => {
    chart();
    const button = screen.getByRole('button', { name: 'Show as table' });
    button.focus();
    fireEvent.click(button);
    expect(screen.getByRole('table')).toBeTruthy();
    expect(document.activeElement).toBe(button);
  });
});
