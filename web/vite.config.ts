import { lingui, linguiTransformerBabelPreset } from '@lingui/vite-plugin';
import babel from '@rolldown/plugin-babel';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { tokens } from './tools/tokens.ts';

// We know; see the plugin below.
process.env.LINGUI_SUPPRESS_BABEL_WARNING = '1';

/** Shared by pages that are not /live alone: forms, what they send, and words of the account. */
const ELSEWHERE =
  /PasswordInput|TextInput|useMutation|mutationObserver|account-menu|use-role-names|src\/pages\/(?!live)/;

export default defineConfig({
  plugins: [
    tokens(),
    react(),
    lingui({ failOnMissing: true, failOnCompileError: true }),
    // Not Lingui's native transform: its binary asks for Node 22, and npm under Node 20 leaves it out without a word.
    babel({ presets: [linguiTransformerBabelPreset()] }),
  ],
  // The server puts a fresh nonce here in every answer; the content policy allows no other inline style or script.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2022',
    // Nothing is inlined as data: URLs, so that the content policy can forbid them for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
    rolldownOptions: {
      output: {
        // What the frame and /live share is one file. By itself the bundler makes one for each set of pages that share something:
        // ten small ones, which compress worse and would be fetched one by one.
        codeSplitting: {
          groups: [{ name: 'shared', test: (id) => !ELSEWHERE.test(id), minShareCount: 2 }],
        },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test/setup.ts'],
    restoreMocks: true,
  },
});
