import { describe, expect, it } from 'vitest';
import { innerPath, liveSearch, plainText } from './url-state.ts';

describe('liveSearch', () => {
  it('keeps a place', () => {
    expect(liveSearch({ place: 'tower' })).toEqual({ place: 'tower' });
  });

  it('reads ids that look like numbers or booleans as text', () => {
    expect(liveSearch({ place: 12 })).toEqual({ place: '12' });
    expect(liveSearch({ place: true })).toEqual({ place: 'true' });
  });

  it.each([[undefined], [null], [''], [{}], [['tower']], ['x'.repeat(201)]])('drops %j', (place) => {
    expect(liveSearch({ place })).toEqual({});
  });

  it('keeps a day that there is', () => {
    expect(liveSearch({ day: '2005-11-12' })).toEqual({ day: '2005-11-12' });
    expect(liveSearch({ place: 'a', day: '2005-02-30' })).toEqual({ place: 'a' });
    expect(liveSearch({ day: 2005 })).toEqual({});
  });

  it.each([['banana'], [''], ['0001-01-01'], ['9999-12-31'], ['2005-02-30'], [7]])(
    'leaves nothing of the day %j when the router adds what the address has',
    (day) => {
      const address = { place: ['a'], day };
      expect({ ...address, ...liveSearch(address) }).toEqual({});
    },
  );

  it('drops parameters it does not know', () => {
    expect(liveSearch({ place: 'a', range: 'DROP TABLE', utm_source: 'mail' })).toEqual({ place: 'a' });
  });

  it('carries markup as plain text', () => {
    expect(plainText('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
  });
});

describe('innerPath', () => {
  it.each(['/live', '/live?place=tower', '/explore?range=a..b'])('goes to %s', (path) => {
    expect(innerPath(path)).toBe(path);
  });

  it.each([
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/\t/elsewhere.example',
    '/\n\\elsewhere.example',
    '/live\r',
    'javascript:alert(1)',
    'live',
    '/',
    '',
    7,
    null,
    '/sign-in?next=/sign-in',
  ])('never to %j', (path) => {
    expect(innerPath(path)).toBeUndefined();
  });
});
