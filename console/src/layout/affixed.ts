import { type Dictionary, own, textOf } from './value-path.ts';

/** A text between its `prefix` and its `postfix`. */
export function affixed(content: string, options: Dictionary): string {
  return `${textOf(own(options, 'prefix')) ?? ''}${content}${textOf(own(options, 'postfix')) ?? ''}`;
}
