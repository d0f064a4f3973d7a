/** The two languages, which one is chosen, and switching between them without a reload. */
import { i18n } from '@lingui/core';
import type { Language } from '../api/types.ts';

export const LANGUAGES: readonly Language[] = ['en', 'vi'];
/** Each language names itself, so that a person who landed in the wrong one finds the way out. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', vi: 'Tiếng Việt' };
export const LOCALES: Record<Language, string> = { en: 'en-GB', vi: 'vi-VN' };

const KEY = 'throng-language';

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language);
}

/**
 * A choice made on this machine, or null: then the browser's language decides. Not the account's: as long as nobody can set that one,
 * every account says "en", and a Vietnamese browser would lose its language by signing in.
 */
export function chosenLanguage(): Language | null {
  try {
    const value = localStorage.getItem(KEY);
    return isLanguage(value) ? value : null;
  } catch {
    return null;
  }
}

export function browserLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('vi') ? 'vi' : 'en';
}

const catalogues = {
  en: () => import('../locales/en/messages.po'),
  vi: () => import('../locales/vi/messages.po'),
};

export async function showLanguage(language: Language): Promise<void> {
  const { messages } = await catalogues[language]();
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage can be forbidden; the choice then holds until the page is closed.
  }
  await showLanguage(language);
}
