import { describe, expect, it } from 'vitest';
import tokens from '../../tokens.json';

/** WCAG 2.2 relative luminance and contrast, of #rrggbb. */
function luminance(hex: string): number {
  const channel = (from: number) => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe.each(Object.entries(tokens.color))('%s', (_, colour) => {
  const surfaces = [colour.bg, colour.surface, colour.raised];

  it.each(['text', 'muted', 'accent', 'error', 'stale', 'capacity'] as const)(
    '%s can be read everywhere',
    (name) => {
      for (const surface of surfaces) expect(contrast(colour[name], surface)).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(['online', 'error', 'offline', 'stale', 'new', 'line', 'control'] as const)(
    '%s can be seen',
    (name) => {
      for (const surface of surfaces) expect(contrast(colour[name], surface)).toBeGreaterThanOrEqual(3);
    },
  );

  it('text on the accent and accent on its soft ground can be read', () => {
    expect(contrast(colour['on-accent'], colour.accent)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour.accent, colour['accent-soft'])).toBeGreaterThanOrEqual(4.5);
  });
});

it('both themes decide the same names', () => {
  expect(Object.keys(tokens.color.dark)).toEqual(Object.keys(tokens.color.light));
});
