import { type RawBuilder, sql } from 'kysely';
import {
  type Comparison,
  type Condition,
  idPath,
  type Path,
  type Scalar,
  statePath,
  timePaths,
} from '../query/condition.ts';
import type { SqlDialect } from './session.ts';

/** Paths that are columns of `resource` too: what the console asks by, answered without reading a record. */
const classColumns: Readonly<Record<string, string>> = {
  provider: 'provider',
  account: 'account',
  region_code: 'region',
  cloud_service_group: 'group',
  cloud_service_type: 'type',
  instance_type: 'instance_type',
  [statePath]: 'state',
};
const searchedColumns: Readonly<Record<string, string>> = { 'reference.resource_id': 'resource_id', name: 'name' };
const textColumns: Readonly<Record<string, string>> = { ...classColumns, ...searchedColumns };
const valueColumns: Readonly<Record<string, string>> = {
  'data.monitoring.cpu.utilization.avg': 'cpu_avg',
  'data.monitoring.cpu.utilization.max': 'cpu_max',
  'data.monitoring.cpu.utilization.p95': 'cpu_p95',
  'data.monitoring.memory.usage.avg': 'mem_avg',
  'data.monitoring.memory.usage.max': 'mem_max',
  'data.monitoring.memory.usage.p95': 'mem_p95',
  [idPath]: 'id',
};
const numberColumns: Readonly<Record<string, string>> = { ...valueColumns, ...timePaths };

/** Whether all that a condition asks of are columns of `resource_class`. */
export function isOfClass(condition: Condition): boolean {
  return asksOnly(condition, isClassPath);
}

const typePaths = ['provider', 'cloud_service_group', 'cloud_service_type', 'instance_type'];

/** Whether it shuts out types of resources, as a list of servers does. */
export function isOfType(condition: Condition): boolean {
  return 'not' in condition && asksOnly(condition, ({ path }) => typePaths.includes(path.join('.')));
}

/** Whether it asks of numbers of `resource_value` alone. */
export function isOfValue(condition: Condition): boolean {
  return asksOnly(condition, ({ path }) => Object.hasOwn(valueColumns, path.join('.')));
}

/** Whether all that it asks of are columns of `resource_counted`. */
export function isOfCounted(condition: Condition): boolean {
  return asksOnly(condition, (each) => isClassPath(each) || Object.hasOwn(valueColumns, each.path.join('.')));
}

/** Whether `resource_text` tells, in which names and ids are in small letters. */
export function isOfText(condition: Condition): boolean {
  return asksOnly(condition, (each) => {
    if (tagName(each.path) !== undefined) return onTag(sql``, each) !== undefined;
    return each.is === 'containing' && Object.hasOwn(searchedColumns, each.path.join('.'));
  });
}

function isClassPath({ path }: Comparison): boolean {
  return Object.hasOwn(classColumns, path.join('.'));
}

function asksOnly(condition: Condition, isKnown: (comparison: Comparison) => boolean): boolean {
  if ('all' in condition) return condition.all.every((each) => asksOnly(each, isKnown));
  if ('any' in condition) return condition.any.every((each) => asksOnly(each, isKnown));
  if ('not' in condition) return asksOnly(condition.not, isKnown);
  return isKnown(condition);
}

const never = sql<boolean>`1 = 0`;
const always = sql<boolean>`1 = 1`;

/** The column of a path, where it has one. */
export function columnAt(path: Path): RawBuilder<unknown> | undefined {
  const name = path.join('.');
  const column = textColumns[name] ?? numberColumns[name];
  return column === undefined ? undefined : sql.ref(`resource.${column}`);
}

/** A condition on rows of `resource`; never null, so that it can be negated. */
export function conditionSql(condition: Condition, dialect: SqlDialect): RawBuilder<boolean> {
  if ('all' in condition) return joined(condition.all, dialect, sql` AND `, always);
  if ('any' in condition) return anyOf(condition.any, dialect);
  if ('not' in condition) return sql<boolean>`NOT ${conditionSql(condition.not, dialect)}`;
  const name = condition.path.join('.');
  const [text, number] = [textColumns[name], numberColumns[name]];
  if (text !== undefined) return onText(sql.ref(`resource.${text}`), condition, dialect);
  if (number !== undefined) return onNumber(sql.ref(`resource.${number}`), condition);
  const tag = tagAt(condition.path, dialect);
  return (tag && onTag(tag, condition)) ?? dialect.fits(condition);
}

/** A tag's value in the column of tags, which is null where the record has no such tag. */
function tagAt(path: Path, dialect: SqlDialect): RawBuilder<unknown> | undefined {
  const name = tagName(path);
  return name === undefined ? undefined : dialect.tag(name);
}

function tagName([first, name, ...rest]: Path): string | undefined {
  return first === 'tags' && rest.length === 0 ? name : undefined;
}

/** What is asked of tags most. Tags are texts. */
function onTag(tag: RawBuilder<unknown>, comparison: Comparison): RawBuilder<boolean> | undefined {
  switch (comparison.is) {
    case 'equal':
      if (comparison.value === null) return sql<boolean>`${tag} IS NULL`;
      return typeof comparison.value === 'string' ? known(tag, sql`= ${comparison.value}`) : undefined;
    case 'one of': {
      const some = comparison.values.some((value) => typeof value === 'string')
        ? known(tag, sql`IN (${values(comparison.values, 'string')})`)
        : never;
      return comparison.values.includes(null) ? sql<boolean>`(${tag} IS NULL OR ${some})` : some;
    }
    case 'present':
      return sql<boolean>`${tag} IS NOT NULL`;
    default:
      return undefined;
  }
}

function anyOf(alternatives: readonly Condition[], dialect: SqlDialect): RawBuilder<boolean> {
  const byColumns = Map.groupBy(alternatives, (each) => [...(textsOf(each)?.keys() ?? [])].join());
  const tests = [...byColumns].flatMap(([columns, same]) =>
    columns === '' || same.length === 1
      ? same.map((each) => conditionSql(each, dialect))
      : [isListed(same.flatMap((each) => textsOf(each) ?? []))],
  );
  if (tests.length === 0) return never;
  return sql<boolean>`(${sql.join(tests, sql` OR `)})`;
}

/**
 * Whether the same columns have one of these lists of texts, as those of a type of resource do: one look into a table, where a row
 * would else be compared with one list after the other.
 */
function isListed(lists: readonly ReadonlyMap<string, string>[]): RawBuilder<boolean> {
  const columns = [...(lists[0]?.keys() ?? [])].map((column) => sql.ref(`resource.${column}`));
  const rows = lists.map((texts) => sql`(${sql.join([...texts.values()])})`);
  return sql<boolean>`((${sql.join(columns)}) IN (VALUES ${sql.join(rows)}))`;
}

/** What is asked for, by column; undefined where that is more than equal texts. */
function textsOf(condition: Condition): ReadonlyMap<string, string> | undefined {
  const texts = new Map<string, string>();
  for (const each of 'all' in condition ? condition.all : [condition]) {
    if (!('is' in each) || each.is !== 'equal' || typeof each.value !== 'string') return undefined;
    const column = textColumns[each.path.join('.')];
    if (column === undefined || texts.has(column)) return undefined;
    texts.set(column, each.value);
  }
  return texts.size === 0 ? undefined : texts;
}

function joined(
  conditions: readonly Condition[],
  dialect: SqlDialect,
  by: RawBuilder<unknown>,
  empty: RawBuilder<boolean>,
): RawBuilder<boolean> {
  if (conditions.length === 0) return empty;
  return sql<boolean>`(${sql.join(
    conditions.map((each) => conditionSql(each, dialect)),
    by,
  )})`;
}

/** On a column that always has a text. */
function onText(column: RawBuilder<unknown>, comparison: Comparison, dialect: SqlDialect): RawBuilder<boolean> {
  switch (comparison.is) {
    case 'equal':
      return typeof comparison.value === 'string' ? sql<boolean>`${column} = ${comparison.value}` : never;
    case 'one of':
      return among(column, comparison.values, 'string');
    case 'present':
      return always;
    case 'containing':
      return dialect.like(column, `%${comparison.text.replaceAll(/[\\%_]/g, '\\$&')}%`);
    case 'matching':
      return dialect.matches(column, comparison.pattern);
    case 'having':
      return never;
    default:
      return typeof comparison.value === 'string'
        ? sql<boolean>`${column} ${sql.raw(comparison.is)} ${comparison.value}`
        : never;
  }
}

/** On a column that has a number, or null where the record has nothing. */
function onNumber(column: RawBuilder<unknown>, comparison: Comparison): RawBuilder<boolean> {
  switch (comparison.is) {
    case 'equal':
      if (comparison.value === null) return sql<boolean>`${column} IS NULL`;
      return typeof comparison.value === 'number' ? known(column, sql`= ${comparison.value}`) : never;
    case 'one of': {
      const some = known(column, sql`IN (${values(comparison.values, 'number')})`);
      const within = comparison.values.some((value) => typeof value === 'number') ? some : never;
      return comparison.values.includes(null) ? sql<boolean>`(${column} IS NULL OR ${within})` : within;
    }
    case 'present':
      return sql<boolean>`${column} IS NOT NULL`;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return typeof comparison.value === 'number'
        ? known(column, sql`${sql.raw(comparison.is)} ${comparison.value}`)
        : never;
    default:
      return never;
  }
}

function among(column: RawBuilder<unknown>, given: readonly Scalar[], kind: 'string' | 'number'): RawBuilder<boolean> {
  if (!given.some((value) => typeof value === kind)) return never;
  return sql<boolean>`${column} IN (${values(given, kind)})`;
}

function values(given: readonly Scalar[], kind: 'string' | 'number'): RawBuilder<unknown> {
  return sql.join(given.filter((value) => typeof value === kind));
}

/** False, and not null, where there is no value. */
function known(column: RawBuilder<unknown>, comparison: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(${column} IS NOT NULL AND ${column} ${comparison})`;
}
