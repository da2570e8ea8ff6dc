export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

/** What each calls itself. */
export const languageNames = { en: 'English', ko: '한국어' } as const satisfies Record<Language, string>;

const storageKey = 'fleetgauge.language';

/** What the reader chose; the browser's where nothing was, or nothing can be, kept. */
export function keptLanguage(): Language {
  const wanted = chosen() ?? globalThis.navigator?.language ?? 'en';
  return languages.find((language) => wanted === language || wanted.startsWith(`${language}-`)) ?? 'en';
}

export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Without storage the browser's language stays.
  }
}

function chosen(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}
