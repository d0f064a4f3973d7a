/**
 * Browser tests run against a server that is already up: THRONG_URL is its address and THRONG_SIGN_IN_LINK a sign-in
 * link that still works. Both are required; nothing is skipped because something was not given.
 *
 * The browser is the system's own (Debian package "chromium"); another one can be named in CHROMIUM.
 */
import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

if (!process.env.THRONG_URL || !process.env.THRONG_SIGN_IN_LINK) {
  throw new Error(
    'set THRONG_URL to the address of a running server and THRONG_SIGN_IN_LINK to its sign-in link',
  );
}

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
const browser = process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path));
if (!browser)
  throw new Error(
    `no browser: install chromium, or name one in CHROMIUM (looked for ${BROWSERS.join(', ')})`,
  );

export const SIGNED_IN = 'test-results/signed-in.json';

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/runs',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.THRONG_URL,
    launchOptions: {
      executablePath: browser,
      // A container has neither a usable sandbox for root nor a large /dev/shm.
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    },
    reducedMotion: 'reduce',
    trace: 'retain-on-failure',
  },
  // A sign-in link works once, so one test spends it and the others go on with its session.
  projects: [
    { name: 'sign-in', testMatch: 'sign-in.e2e.ts' },
    {
      name: 'pages',
      testMatch: '*.e2e.ts',
      testIgnore: 'sign-in.e2e.ts',
      dependencies: ['sign-in'],
      use: { storageState: SIGNED_IN },
    },
  ],
});
