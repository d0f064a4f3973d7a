/** Offers the other language, in its own words. No reload: numbers and dates follow at once. */

import { useLingui } from '@lingui/react';
import { Button } from '@mantine/core';
import { chooseLanguage, LANGUAGE_NAMES } from '../i18n/i18n.ts';

export function LanguageSwitch() {
  const { i18n } = useLingui();
  const other = i18n.locale === 'vi' ? 'en' : 'vi';
  return (
    <Button
      variant="subtle"
      size="compact-md"
      color="var(--text)"
      lang={other}
      onClick={() => void chooseLanguage(other)}
    >
      {LANGUAGE_NAMES[other]}
    </Button>
  );
}
