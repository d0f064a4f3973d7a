import { describe, expect, it } from 'vitest';
import { formatFor, NO_NUMBER } from './format.ts';

const en = formatFor('en');
const vi = formatFor('vi');
const ZONE = 'Asia/Ho_Chi_Minh';
const AT = '2026-11-14T11:30:05Z';

/** Golden values: the server's own formatting is held to the same list. */
describe('numbers', () => {
  it.each([
    [0, '0', '0'],
    [1, '1', '1'],
    [999, '999', '999'],
    [1_000, '1,000', '1.000'],
    [48_213, '48,213', '48.213'],
    [1_234_567, '1,234,567', '1.234.567'],
    [-3, '-3', '-3'],
  ])('count %d', (value, english, vietnamese) => {
    expect(en.count(value)).toBe(english);
    expect(vi.count(value)).toBe(vietnamese);
  });

  it.each([
    [0, '0', '0'],
    [0.126, '0.126', '0,126'],
    [17.44, '17.4', '17,4'],
    [118.2, '118', '118'],
    [12_345, '12,300', '12.300'],
  ])('figure %d has at most three digits', (value, english, vietnamese) => {
    expect(en.figure(value)).toBe(english);
    expect(vi.figure(value)).toBe(vietnamese);
  });

  it.each([
    [0, '0', '0'],
    [0.37, '0.4', '0,4'],
    [9.96, '10', '10'],
    [212.4, '212', '212'],
    [1_234.5, '1,235', '1.235'],
  ])('mean %d tells few people by the tenth', (value, english, vietnamese) => {
    expect(en.mean(value)).toBe(english);
    expect(vi.mean(value)).toBe(vietnamese);
  });

  it.each([
    [0, '0%', '0%'],
    [0.6454, '64.5%', '64,5%'],
    [0.978, '97.8%', '97,8%'],
    [0.99999, '99.9%', '99,9%'],
    [1, '100%', '100%'],
    [1.02, '102%', '102%'],
  ])('percent %d', (value, english, vietnamese) => {
    expect(en.percent(value)).toBe(english);
    expect(vi.percent(value)).toBe(vietnamese);
  });

  it.each([
    [0, '0 ms', '0 ms'],
    [420.4, '420 ms', '420 ms'],
    [1_240, '1.24 s', '1,24 s'],
    [59_940, '59.9 s', '59,9 s'],
    [1_060_000, '17.7 mins', '17,7 phút'],
  ])('milliseconds %d', (value, english, vietnamese) => {
    expect(en.milliseconds(value)).toBe(english);
    expect(vi.milliseconds(value)).toBe(vietnamese);
  });
});

describe('times', () => {
  it('shows the clock of the site, not of the browser', () => {
    expect(en.clock(AT, ZONE)).toBe('18:30:05');
    expect(vi.clock(AT, ZONE)).toBe('18:30:05');
    expect(en.hourMinute(AT, 'America/New_York')).toBe('06:30');
  });

  it('starts the day at 00, never at 24', () => {
    expect(en.clock('2026-11-14T17:00:00Z', ZONE)).toBe('00:00:00');
    expect(vi.hourMinute('2026-11-14T17:00:00Z', ZONE)).toBe('00:00');
  });

  it('writes a moment with its date', () => {
    expect(en.moment(AT, ZONE)).toBe('14 Nov 2026, 18:30:05');
    expect(vi.moment(AT, ZONE)).toContain('14 thg 11, 2026');
  });

  it.each([
    [0, '0 seconds ago', '0 giây trước'],
    [1_400, '1 second ago', '1 giây trước'],
    [59_000, '59 seconds ago', '59 giây trước'],
    [61_000, '1 minute ago', '1 phút trước'],
    [3 * 3_600_000 + 720_000, '3 hours ago', '3 giờ trước'],
    [26 * 3_600_000, '1 day ago', '1 ngày trước'],
  ])('age %d', (ms, english, vietnamese) => {
    expect(en.ago(ms)).toBe(english);
    expect(vi.ago(ms)).toBe(vietnamese);
  });

  it('never speaks of the future when clocks disagree', () => {
    expect(en.ago(-5_000)).toBe('0 seconds ago');
  });

  it('names the zone by its distance from UTC', () => {
    expect(en.zone(ZONE, Date.parse(AT))).toBe('UTC+7');
    expect(en.zone('Australia/Melbourne', Date.parse(AT))).toBe('UTC+11');
    expect(en.zone('UTC', Date.parse(AT))).toBe('UTC');
  });
});

describe('what is not known', () => {
  it.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])(
    '%s is a dash in every format',
    (value) => {
      for (const format of [en, vi]) {
        expect(format.count(value)).toBe(NO_NUMBER);
        expect(format.figure(value)).toBe(NO_NUMBER);
        expect(format.percent(value)).toBe(NO_NUMBER);
        expect(format.milliseconds(value)).toBe(NO_NUMBER);
        expect(format.clock(value, ZONE)).toBe(NO_NUMBER);
      }
    },
  );

  it('an unreadable time is a dash', () => {
    expect(en.clock('soon', ZONE)).toBe(NO_NUMBER);
  });
});
