/**
 * Numbers, times and ages as people read them, in en-GB and vi-VN. The browser's `Intl` does the work; this decides
 * how many digits, which zone, and what stands where there is no number.
 *
 * Counts are whole. Other figures have at most three significant digits. A missing number is a dash, never a zero.
 */
import type { Language } from '../api/types.ts';
import { LOCALES } from '../i18n/i18n.ts';

export const NO_NUMBER = '–';

export type Format = {
  count: (value: number | null | undefined) => string;
  figure: (value: number | null | undefined) => string;
  /** People on average: of few also the tenths, or somebody who was there now and then would be nobody. */
  mean: (value: number | null | undefined) => string;
  /** 0..1 in, "65%" out. Never rounds an incomplete share up to 100%. */
  percent: (share: number | null | undefined) => string;
  milliseconds: (value: number | null | undefined) => string;
  clock: (at: number | string | null | undefined, timeZone: string) => string;
  hourMinute: (at: number | string | null | undefined, timeZone: string) => string;
  moment: (at: number | string | null | undefined, timeZone: string) => string;
  day: (at: number | string | null | undefined, timeZone: string) => string;
  /** The clock alone on the day of `now`, with the date on any other. */
  until: (at: number | string | null | undefined, now: number, timeZone: string) => string;
  compact: (value: number | null | undefined) => string;
  ago: (ms: number) => string;
  zone: (timeZone: string, at: number) => string;
};

const cache = new Map<Language, Format>();

export function formatFor(language: Language): Format {
  let format = cache.get(language);
  if (!format) {
    format = make(LOCALES[language]);
    cache.set(language, format);
  }
  return format;
}

function make(locale: string): Format {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 3 });
  const minutes = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'minute',
    unitDisplay: 'short',
    maximumSignificantDigits: 3,
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  const known = (value: number | null | undefined): value is number =>
    typeof value === 'number' && Number.isFinite(value);

  const times = new Map<string, Intl.DateTimeFormat>();
  const time = (at: number | string | null | undefined, key: string, options: Intl.DateTimeFormatOptions) => {
    const instant = typeof at === 'string' ? Date.parse(at) : at;
    if (!known(instant)) return NO_NUMBER;
    const name = `${key} ${options.timeZone}`;
    let formatter = times.get(name);
    if (!formatter) {
      formatter = new Intl.DateTimeFormat(locale, { hourCycle: 'h23', ...options });
      times.set(name, formatter);
    }
    return formatter.format(instant);
  };

  const day = (at: number | string | null | undefined, timeZone: string) =>
    time(at, 'day', { timeZone, dateStyle: 'medium' });
  const clock = (at: number | string | null | undefined, timeZone: string) =>
    time(at, 'clock', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const moment = (at: number | string | null | undefined, timeZone: string) =>
    time(at, 'moment', { timeZone, dateStyle: 'medium', timeStyle: 'medium' });

  return {
    count: (value) => (known(value) ? whole.format(value) : NO_NUMBER),
    mean: (value) => (known(value) ? (value < 10 ? tenths : whole).format(value) : NO_NUMBER),
    figure: (value) => (known(value) ? three.format(value) : NO_NUMBER),
    percent: (value) => {
      if (!known(value)) return NO_NUMBER;
      return share.format(value < 1 ? Math.min(Math.floor(value * 1000) / 1000, 0.999) : value);
    },
    milliseconds: (value) => {
      if (!known(value)) return NO_NUMBER;
      if (value < 1_000) return `${whole.format(value)} ms`;
      return value < 60_000 ? `${three.format(value / 1_000)} s` : minutes.format(value / 60_000);
    },
    clock,
    hourMinute: (at, timeZone) => time(at, 'minute', { timeZone, hour: '2-digit', minute: '2-digit' }),
    moment,
    day,
    until: (at, now, timeZone) =>
      day(at, timeZone) === day(now, timeZone) ? clock(at, timeZone) : moment(at, timeZone),
    compact: (value) => (known(value) ? compact.format(value) : NO_NUMBER),
    ago: (ms) => {
      const seconds = Math.max(0, Math.round(ms / 1_000));
      if (seconds < 60) return relative.format(-seconds, 'second');
      if (seconds < 3_600) return relative.format(-Math.floor(seconds / 60), 'minute');
      if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3_600), 'hour');
      return relative.format(-Math.floor(seconds / 86_400), 'day');
    },
    zone: (timeZone, at) => zoneOffset(timeZone, at),
  };
}

/** "UTC+7": what a person compares with the watch, where "Indochina Time" would have to be looked up. */
function zoneOffset(timeZone: string, at: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(at);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  // Some versions of ICU write the zero, some do not.
  return name.replace('GMT', 'UTC').replace(/\+0$/, '');
}
