import type { ServerFacets } from '../../../src/server/facets-api.ts';
import { termOf, termsOf } from './query-terms.ts';

/** What the term at the cursor may become. */
export interface Suggestion {
  /** `provider:`, `aws` */
  readonly label: string;
  /** How many servers have it, where that is known. */
  readonly servers?: number;
  /** The whole query with it, and where the cursor is then. */
  readonly query: string;
  readonly cursor: number;
}

/** Those that name one value first. */
const textFields = [
  'provider',
  'account',
  'region',
  'state',
  'type',
  'name',
  'id',
  'service',
  'kind',
  'zone',
  'platform',
] as const;
const numberFields = ['cpu', 'mem', 'net.in', 'net.out', 'disk.read', 'disk.write', 'vcpus', 'memory.gib'] as const;
const facetFields = ['provider', 'account', 'region', 'state', 'type'] as const;
const statistics = ['avg', 'max', 'p95'] as const;
const fields: readonly string[] = [
  ...textFields,
  'tag.',
  ...numberFields,
  ...statistics.map((statistic) => `cpu.${statistic}`),
  ...statistics.map((statistic) => `mem.${statistic}`),
];
const numberValues = ['<5', '>80', '10..20', 'none'];
const textValues = ['none'];
const most = 8;

/** @param cursor in the query, where a suggestion is for the term that it stands in or behind */
export function suggest(query: string, cursor: number, facets: ServerFacets | undefined): readonly Suggestion[] {
  const term = termsOf(query).find(({ from, to }) => from < cursor && cursor <= to);
  const from = term?.from ?? cursor;
  const typed = query.slice(from, cursor);
  const minus = typed.startsWith('-') ? '-' : '';
  const colon = typed.indexOf(':');
  const put = (text: string, isWhole: boolean): Pick<Suggestion, 'query' | 'cursor'> => {
    const rest = query.slice(term?.to ?? cursor).trimStart();
    const head = `${query.slice(0, from)}${minus}${text}${isWhole ? ' ' : ''}`;
    const gap = rest === '' || isWhole ? '' : ' ';
    return { query: `${head}${gap}${rest}`, cursor: head.length };
  };
  if (colon < 0) {
    const start = typed.slice(minus.length).toLowerCase();
    return fields
      .filter((field) => field.startsWith(start) && field !== start)
      .slice(0, most)
      .map((field) => ({ label: field.endsWith('.') ? `${field}…` : `${field}:`, ...put(fieldText(field), false) }));
  }
  const field = typed.slice(minus.length, colon);
  const value = typed.slice(colon + 1).replaceAll('"', '');
  const [kept, start] = [value.split(',').slice(0, -1), value.split(',').at(-1)?.toLowerCase() ?? ''];
  return valuesOf(field, facets)
    .filter(({ value: each }) => each.toLowerCase().includes(start) && !kept.includes(each))
    .slice(0, most)
    .map(({ value: each, servers }) => ({
      label: each,
      ...(servers === undefined ? {} : { servers }),
      ...put(termOf(field, [...kept, each]), true),
    }));
}

function fieldText(field: string): string {
  return field.endsWith('.') ? field : `${field}:`;
}

function valuesOf(
  field: string,
  facets: ServerFacets | undefined,
): readonly { readonly value: string; readonly servers?: number }[] {
  const facet = facetFields.find((each) => each === field);
  if (facet !== undefined) return facets?.[facet].values ?? [];
  const isText = textFields.some((each) => each === field) || field.startsWith('tag.');
  return (isText ? textValues : numberValues).map((value) => ({ value }));
}
