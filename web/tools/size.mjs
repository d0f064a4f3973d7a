/**
 * Measures what /live makes a browser fetch, gzip level 9, against the budgets of the dashboard. Fails above a line.
 * Reads Vite's manifest and takes it away afterwards: it is no part of the dashboard.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const manifestFile = new URL('.vite/manifest.json', dist);
if (!existsSync(manifestFile)) throw new Error('dist/.vite/manifest.json is missing: run "npm run build"');
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));

const gzip = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
const total = (files, weigh) => [...files].reduce((sum, file) => sum + weigh(file), 0) / 1024;

/** Everything the browser fetches for these entries: static imports, and the styles they bring. */
function closure(entries) {
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    for (const next of manifest[key].imports ?? []) visit(next);
  };
  for (const entry of entries) visit(entry);
  const chunks = [...seen].map((key) => manifest[key]);
  return {
    js: new Set(chunks.map((chunk) => chunk.file)),
    css: new Set(chunks.flatMap((chunk) => chunk.css ?? [])),
  };
}

const dynamic = (name) => {
  const key = Object.keys(manifest).find((one) => one.includes(name));
  if (!key) throw new Error(`${name} is not in the build`);
  return key;
};

const entry = closure(['index.html']);
const live = closure(['index.html', dynamic('live-page.tsx'), dynamic('kit/plot.ts'), dynamic('locales/vi')]);
const all = readdirSync(new URL('assets/', dist)).map((name) => `assets/${name}`);
const fonts = all.filter((file) => file.endsWith('.woff2'));
const raw = (file) => readFileSync(new URL(file, dist)).length;

const budgets = [
  ['entry JS', total(entry.js, gzip), 190],
  ['JS of /live', total(live.js, gzip), 220],
  ['CSS of /live', total(live.css, gzip), 20],
  ['fonts of /live', total(fonts, raw), 60],
  [
    'all JS',
    total(
      all.filter((file) => file.endsWith('.js')),
      gzip,
    ),
    450,
  ],
];
for (const [name, size, limit] of budgets) {
  console.log(`${name.padEnd(16)} ${size.toFixed(1).padStart(6)} kB of ${limit}`);
  if (size > limit) process.exitCode = 1;
}
if (process.exitCode) console.error('over budget');
rmSync(new URL('.vite/', dist), { recursive: true });
