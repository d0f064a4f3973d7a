/**
 * Makes CSS variables out of tokens.json, the one place where colours and sizes are decided.
 *
 * They are written into index.html together with the layout of the frame (src/frame/shell.css), so that the very
 * first paint, before any script, already has the right colours and boxes of the right size.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const root = new URL('../', import.meta.url);

type Tokens = {
  color: { light: Record<string, string>; dark: Record<string, string> };
  size: Record<string, string>;
};

export function tokensCss(tokens: Tokens): string {
  const variables = (record: Record<string, string>) =>
    Object.entries(record)
      .map(([name, value]) => `--${name}:${value}`)
      .join(';');
  return [
    `:root{color-scheme:light;${variables(tokens.size)};${variables(tokens.color.light)}}`,
    `:root[data-mantine-color-scheme="dark"]{color-scheme:dark;${variables(tokens.color.dark)}}`,
  ].join('');
}

export function tokens(): Plugin {
  return {
    name: 'throng-tokens',
    transformIndexHtml: {
      order: 'pre',
      handler(html) {
        const json = readFileSync(new URL('tokens.json', root), 'utf8');
        const shell = readFileSync(new URL('src/frame/shell.css', root), 'utf8');
        const small = shell.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s+/g, ' ');
        return html.replace('/* tokens and shell */', `${tokensCss(JSON.parse(json) as Tokens)} ${small}`);
      },
    },
  };
}
