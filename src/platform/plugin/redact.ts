import { stripVTControlCharacters } from 'node:util';
import { CollectError } from '#model/errors.ts';

/** Shorter ones hide nothing that could not be guessed, and would blot out half of any text. */
const shortest = 6;

/** Puts `***` for what must not be read by others, and nothing for what would move the cursor of those who read it. */
export interface Redaction {
  readonly longest: number;
  (text: string): string;
}

/**
 * Hides the texts of a secret, wherever in it they stand: whole, line by line, and as JSON or a URL would write them.
 *
 * @param secrets what was handed to a plugin
 */
export function redaction(...secrets: readonly unknown[]): Redaction {
  const hidden = [...new Set(textsOf(secrets).flatMap(spellings))]
    .filter((text) => text.length >= shortest)
    .sort((a, b) => b.length - a.length);
  const redact = (text: string) => hidden.reduce((left, secret) => left.replaceAll(secret, '***'), printable(text));
  return Object.assign(redact, { longest: hidden[0]?.length ?? 0 });
}

/** One line, without control characters, that any database can keep. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[^\P{Cc}\t]+/gu, ' ')
    .toWellFormed();
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

function spellings(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return [text, ...lines, JSON.stringify(text).slice(1, -1), encodeURIComponent(text.toWellFormed())];
}

/** An error as it may be shown: a plugin may repeat what it was told in confidence. Its cause is left behind. */
export function redactError({ code, message, where, fix }: CollectError, redact: Redaction): CollectError {
  return new CollectError(code, redact(message), {
    ...(where === undefined ? {} : { where: redact(where) }),
    ...(fix === undefined ? {} : { fix: redact(fix) }),
  });
}
