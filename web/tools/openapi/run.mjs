/**
 * Makes src/api/schema.d.ts from spec/openapi.json, which the server's tests keep equal to what the server serves.
 * With --check it only compares: a change of the API that the dashboard has not taken in fails the check.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const spec = path('../../../spec/openapi.json');
const target = path('../../src/api/schema.d.ts');

if (!existsSync(path('node_modules'))) {
  execFileSync('npm', ['ci'], { cwd: path('.'), stdio: 'inherit', shell: process.platform === 'win32' });
}

const generate = (output) =>
  execFileSync(
    process.execPath,
    [path('node_modules/openapi-typescript/bin/cli.js'), spec, '--output', output],
    {
      cwd: path('.'),
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );

if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'throng-openapi-'));
  generate(join(folder, 'schema.d.ts'));
  const same =
    existsSync(target) && readFileSync(join(folder, 'schema.d.ts'), 'utf8') === readFileSync(target, 'utf8');
  rmSync(folder, { recursive: true });
  if (!same) {
    console.error('src/api/schema.d.ts does not match spec/openapi.json: run "npm run types"');
    process.exit(1);
  }
} else {
  generate(target);
}
