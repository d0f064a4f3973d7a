import { useLingui } from '@lingui/react';
import { isLanguage } from '../i18n/i18n.ts';
import { type Format, formatFor } from './format.ts';

/** Formats of the language on the screen; a switch of language renders every user of it again. */
export function useFormat(): Format {
  const { i18n } = useLingui();
  return formatFor(isLanguage(i18n.locale) ? i18n.locale : 'en');
}
