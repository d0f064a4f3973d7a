import { defineConfig } from '@lingui/cli';
import { formatter } from '@lingui/format-po';

/**
 * English is written in the components; Vietnamese in its catalogue. A missing line fails `npm run check`.
 * Places in the source are not recorded: they change with every edit and say nothing to a translator.
 */
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'vi'],
  catalogs: [{ path: '<rootDir>/src/locales/{locale}/messages', include: ['src'] }],
  format: formatter({ origins: false }),
});
