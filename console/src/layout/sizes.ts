import { locale } from '../text.ts';

/** Powers of 1024, as Cloudforet's console counts them, whatever it calls them. */
const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const units = ['BYTES', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Narrow and unbreakable. */
const gap = '\u202f';

/**
 * @param from the unit that the value is in: `GB`; bytes where it is none
 * @param to the unit to show it in; where it is none, the one in which it reads best
 */
export function formatSize(value: number, from: string | undefined, to: string | undefined): string {
  const source = from === undefined ? 0 : Math.max(0, units.indexOf(from));
  const wanted = to === undefined ? -1 : units.indexOf(to);
  const bytes = value * 1024 ** source;
  const best = bytes === 0 ? 0 : Math.floor(Math.log2(Math.abs(bytes)) / 10);
  const power = wanted >= 0 ? wanted : Math.min(names.length - 1, Math.max(0, best));
  const digits = (bytes / 1024 ** power).toLocaleString(locale, { maximumFractionDigits: 2 });
  return `${digits}${gap}${names[power] ?? ''}`;
}
