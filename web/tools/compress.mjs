/**
 * Writes .br and .gz beside every asset that shrinks, so that the server only has to choose a file.
 *
 * Not index.html: the server puts a nonce into it, so what it sends is different every time. Not fonts: woff2 is
 * compressed already.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);

for (const entry of readdirSync(dist, { recursive: true })) {
  if (!/\.(js|css|svg)$/.test(entry)) continue;
  const file = new URL(entry.replaceAll('\\', '/'), dist);
  const body = readFileSync(file);
  const brotli = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const gzip = gzipSync(body, { level: 9 });
  if (brotli.length < body.length) writeFileSync(new URL(`${file}.br`), brotli);
  if (gzip.length < body.length) writeFileSync(new URL(`${file}.gz`), gzip);
}
