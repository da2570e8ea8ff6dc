import { text } from '../text.ts';

/** By the last word of its path: the console knows the words, and where it does not, the word itself will do. */
export function fieldName(path: string): string {
  const name = path.split('.').at(-1) ?? path;
  return text.connect.fields[path] ?? text.connect.fields[name] ?? name;
}
