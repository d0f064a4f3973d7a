/** Nothing English may be left on a Vietnamese screen. `lingui check sync` holds the catalogues to the source. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const SRC = `${import.meta.dirname}/../`;

type Entry = { id: string; text: string };

function entries(language: string): Entry[] {
  const po = readFileSync(`${SRC}locales/${language}/messages.po`, 'utf8');
  const joined = (block: string, field: string) => {
    const match = new RegExp(`^${field} ((?:".*"\\n?)+)`, 'm').exec(block);
    const quoted = match?.[1]?.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
    return quoted.map((part) => JSON.parse(part) as string).join('');
  };
  return po
    .split('\n\n')
    .map((block) => ({ id: joined(block, 'msgid'), text: joined(block, 'msgstr') }))
    .filter((entry) => entry.id !== '');
}

/** Names inside braces and numbered tags; plural forms are left out, since languages differ in them. */
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}|<\/?\d+\/?>/g)].map(([hole]) => hole).sort();

const vi = entries('vi');

describe('the Vietnamese catalogue', () => {
  it('has as many sentences as the English one, and more than none', () => {
    expect(vi.map(({ id }) => id)).toEqual(entries('en').map(({ id }) => id));
    expect(vi.length).toBeGreaterThan(100);
  });

  it('translates every sentence', () => {
    expect(vi.filter(({ text }) => text === '').map(({ id }) => id)).toEqual([]);
  });

  it('leaves no English sentence as it was', () => {
    const words = (text: string) => text.replace(/\{[^}]*\}|<[^>]*>|Throng/g, '');
    const same = vi.filter(({ id, text }) => id === text && /[a-z]{3}/i.test(words(id)));
    expect(same.map(({ id }) => id)).toEqual([]);
  });

  it('fills the same holes', () => {
    expect(vi.filter(({ id, text }) => holes(id).join() !== holes(text).join()).map(({ id }) => id)).toEqual(
      [],
    );
  });
});

describe('the source', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.tsx') && !file.endsWith('.test.tsx'),
  );

  /** Words between tags that no Trans surrounds, and words in attributes that people see. */
  function untranslated(source: string): string[] {
    const bare = source
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      .replace(/<Trans>[\s\S]*?<\/Trans>/g, '')
      .replace(/=>/g, '');
    const between = [...bare.matchAll(/<\/?[\w.]+(?:\s[^<>]*)?>\s*([A-Z][a-z]+(?: [a-z]+)*)\s*<\//g)];
    const attributes = [
      ...bare.matchAll(/(?:aria-label|title|label|placeholder|alt)="([^"]*[A-Za-z]{2}[^"]*)"/g),
    ];
    return [...between, ...attributes].map((match) => match[1] as string).filter((text) => text !== 'Throng');
  }

  it('notices words that nobody translates', () => {
    expect(untranslated('<p>Hello there</p>')).toEqual(['Hello there']);
    expect(untranslated('<img alt="A camera" />')).toEqual(['A camera']);
    expect(untranslated('<p><Trans>Hello</Trans></p>')).toEqual([]);
  });

  it.each(files)('%s has none', (file) => {
    expect(untranslated(readFileSync(`${SRC}${file}`, 'utf8'))).toEqual([]);
  });
});
