import { keptLanguage } from './language.ts';
import { english, type Text } from './text/english.ts';

export type { Text };

/** Of dates and numbers, too. Another one takes effect as the page is loaded again. */
export const locale = keptLanguage();
export const text: Text = locale === 'ko' ? (await import('./text/korean.ts')).korean : english;
