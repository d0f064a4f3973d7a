import { describe, expect, it } from 'vitest';
import { dayAfter, isDay, localDay, rangeOfDay } from './local-day.ts';

const range = (day: string, timeZone: string) => {
  const { start, end } = rangeOfDay(day, timeZone);
  return [new Date(start).toISOString(), (end - start) / 3_600_000];
};

describe('a day at a place', () => {
  it('begins at its own midnight', () => {
    expect(range('2005-11-12', 'Asia/Ho_Chi_Minh')).toEqual(['2005-11-11T17:00:00.000Z', 24]);
    expect(range('2005-07-24', 'America/Los_Angeles')).toEqual(['2005-07-24T07:00:00.000Z', 24]);
    expect(range('2026-01-01', 'UTC')).toEqual(['2026-01-01T00:00:00.000Z', 24]);
  });

  it('has 23 or 25 hours when the clocks change', () => {
    expect(range('2026-03-29', 'Europe/Berlin')).toEqual(['2026-03-28T23:00:00.000Z', 23]);
    expect(range('2026-10-25', 'Europe/Berlin')).toEqual(['2026-10-24T22:00:00.000Z', 25]);
    // Here they go forward at midnight: the day begins at one o'clock.
    expect(range('2026-04-24', 'Africa/Cairo')).toEqual(['2026-04-23T22:00:00.000Z', 23]);
  });

  it('is the one its clock shows', () => {
    const at = Date.parse('2026-03-28T23:30:00Z');
    expect([localDay(at, 'UTC'), localDay(at, 'Europe/Berlin')]).toEqual(['2026-03-28', '2026-03-29']);
    expect([dayAfter('2026-02-28', 1), dayAfter('2026-01-01', -1)]).toEqual(['2026-03-01', '2025-12-31']);
  });

  it.each(['2026-02-30', '2026-13-01', '12 Nov 2005', '2026-1-1', ''])('%s is none', (text) => {
    expect(isDay(text)).toBe(false);
  });

  it.each(['0000-01-01', '0001-01-01', '0999-12-31', '1969-12-31', '9999-12-31'])(
    '%s cannot be asked about',
    (text) => {
      expect(isDay(text)).toBe(false);
    },
  );

  it('is one that there is', () => {
    expect(isDay('2024-02-29')).toBe(true);
  });

  it.each(['1970-01-01', '9998-12-31'])('%s has its range in every zone', (text) => {
    expect(isDay(text)).toBe(true);
    for (const zone of ['Pacific/Kiritimati', 'UTC', 'Pacific/Pago_Pago'])
      expect(range(text, zone)[1]).toBe(24);
  });
});
