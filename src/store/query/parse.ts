import { RE2JS } from 're2js';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type Condition, isTimePath, type Json, type Order, type Path } from './condition.ts';
import { momentOf } from './moment.ts';

/**
 * The query language of SpaceONE: `{ filter: [{ k, v, o }], filter_or, keyword, sort: [{ key, desc }], page: { start, limit },
 * only, minimal, count_only }`. Long and short names of a filter's fields are the same.
 */
const Item = z
  .strictObject({
    key: z.string().exactOptional(),
    k: z.string().exactOptional(),
    value: z.json().exactOptional(),
    v: z.json().exactOptional(),
    operator: z.string().exactOptional(),
    o: z.string().exactOptional(),
  })
  .transform(({ key, k, value, v, operator, o }) => ({
    key: key ?? k ?? '',
    value: value ?? v ?? null,
    operator: operator ?? o ?? 'eq',
  }));

export const RecordQueryInput = z.strictObject({
  filter: z.array(Item).max(200).default([]),
  filter_or: z.array(Item).max(200).default([]),
  keyword: z.string().max(1000).default(''),
  sort: z
    .array(z.strictObject({ key: z.string(), desc: z.boolean().default(false) }))
    .max(8)
    .default([]),
  page: z
    .strictObject({ start: z.number().int().default(1), limit: z.number().int().min(0).default(0) })
    .transform(({ start, limit }) => ({ start: Math.max(1, start), limit }))
    .default({ start: 1, limit: 0 }),
  only: z.array(z.string()).max(200).default([]),
  minimal: z.boolean().default(false),
  count_only: z.boolean().default(false),
});
export type RecordQueryInput = z.infer<typeof RecordQueryInput>;

/** Where `keyword` looks. */
const keywordPaths = ['name', 'reference.resource_id', 'account', 'instance_type', 'provider'];
const longestPattern = 500;
const deepestPath = 16;

/** All of `filter`, any of `filter_or`, and any word of the keyword. @param now epoch milliseconds @throws CollectError `invalid_query` */
export function conditionOf({ filter, filter_or, keyword }: RecordQueryInput, now: number): Condition {
  const words = keyword.split(/\s+/).filter((word) => word !== '');
  return {
    all: [
      ...filter.map((item) => comparisonOf(item, now)),
      ...(filter_or.length === 0 ? [] : [{ any: filter_or.map((item) => comparisonOf(item, now)) }]),
      ...(words.length === 0
        ? []
        : [{ any: keywordPaths.flatMap((path) => words.map((word) => containing(pathOf(path), word))) }]),
    ],
  };
}

type Item = z.infer<typeof Item>;

function comparisonOf(item: Item, now: number): Condition {
  const path = pathOf(item.key);
  const { operator, value } = item;
  const order = orders[operator];
  if (order !== undefined) return { path, is: order, value: ordinal(item) };
  const moment = /^(datetime|timediff)_(lte?|gte?)$/.exec(operator);
  if (moment !== null) return comparedTime(item, path, moment[1] ?? '', orders[moment[2] ?? ''] ?? '<', now);
  switch (operator) {
    case 'eq':
      return { path, is: 'equal', value: single(item) };
    case 'not':
      return { not: { path, is: 'equal', value: single(item) } };
    case 'exists': {
      if (typeof value !== 'boolean') throw wrongValue(item, 'true or false');
      return value ? { path, is: 'present' } : { not: { path, is: 'present' } };
    }
    case 'contain':
      return containing(path, textOf(item));
    case 'not_contain':
      return { not: containing(path, textOf(item)) };
    case 'in':
      return { path, is: 'one of', values: scalars(item) };
    case 'not_in':
      return { not: { path, is: 'one of', values: scalars(item) } };
    case 'contain_in':
      return { any: texts(item).map((text) => containing(path, text)) };
    case 'not_contain_in':
      return { any: texts(item).map((text) => ({ not: containing(path, text) })) };
    case 'match':
      return { path, is: 'having', values: members(item) };
    case 'regex':
      return matching(item, path, textOf(item));
    case 'regex_in':
      return { any: texts(item).map((text) => matching(item, path, text)) };
    default:
      throw new CollectError('invalid_query', `there is no operator '${operator}'`, {
        where: item.key,
        fix: `one of: ${operators.join(', ')}`,
      });
  }
}

const orders: Readonly<Record<string, Order>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };
const operators = [
  ...Object.keys(orders),
  ...['eq', 'not', 'exists', 'contain', 'not_contain', 'in', 'not_in', 'contain_in', 'not_contain_in', 'match'],
  ...['regex', 'regex_in'],
  ...['datetime', 'timediff'].flatMap((kind) => Object.keys(orders).map((order) => `${kind}_${order}`)),
];

function containing(path: Path, text: string): Condition {
  return { path, is: 'containing', text };
}

function matching(item: Item, path: Path, pattern: string): Condition {
  if (pattern.length > longestPattern) throw wrongValue(item, `a pattern of at most ${longestPattern} characters`);
  try {
    RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  } catch {
    throw wrongValue(item, 'a regular expression (RE2)');
  }
  return { path, is: 'matching', pattern };
}

function comparedTime(item: Item, path: Path, kind: string, is: Order, now: number): Condition {
  if (!isTimePath(path.join('.'))) {
    throw new CollectError('invalid_query', `${item.operator} works on created_at, updated_at and last_collected_at`, {
      where: item.key,
    });
  }
  const text = textOf(item);
  const moment = kind === 'timediff' ? momentOf(text, now) : isoMoment(text);
  if (moment === undefined) throw wrongValue(item, kind === 'timediff' ? 'now, now/d, now-7d' : 'a time of ISO 8601');
  return { path, is, value: moment };
}

function isoMoment(text: string): number | undefined {
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}

/** @throws CollectError `invalid_query` for a path that is none */
export function pathOf(text: string): Path {
  const [first, ...rest] = text.split('.');
  if (!first || rest.includes('') || rest.length >= deepestPath || text.includes('\0')) {
    throw new CollectError('invalid_query', `'${text.slice(0, 100)}' is no path of a record`);
  }
  return [first, ...rest];
}

function single(item: Item): Json {
  if (Array.isArray(item.value)) throw wrongValue(item, 'one value, not a list');
  return item.value;
}

function ordinal(item: Item): number | string {
  if (typeof item.value === 'number' || typeof item.value === 'string') return item.value;
  throw wrongValue(item, 'a number or a text');
}

function textOf(item: Item): string {
  if (typeof item.value === 'string') return item.value;
  throw wrongValue(item, 'a text');
}

const Scalars = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).max(5000);
const Texts = z.array(z.string()).max(5000);
const Members = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

function scalars(item: Item) {
  return checked(Scalars, item, 'a list');
}

function texts(item: Item) {
  return checked(Texts, item, 'a list of texts');
}

function members(item: Item) {
  return checked(Members, item, 'an object of plain values');
}

function checked<T>(schema: z.ZodType<T>, item: Item, wanted: string): T {
  const parsed = schema.safeParse(item.value);
  if (parsed.success) return parsed.data;
  throw wrongValue(item, wanted);
}

function wrongValue({ key, operator }: Item, wanted: string): CollectError {
  return new CollectError('invalid_query', `${operator} takes ${wanted}`, { where: key });
}
