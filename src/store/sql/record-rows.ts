import { type RawBuilder, sql } from 'kysely';
import type { RecordFilter } from '../inventory.ts';
import { type Condition, type Path, statePath } from '../query/condition.ts';
import { conditionSql, isOfClass, isOfCounted, isOfText, isOfType, isOfValue } from './record-condition.ts';
import type { SqlDialect, SqlSession } from './session.ts';

/** Rows of `resource` that the filter lets through. */
export function filtered(session: SqlSession, filter: RecordFilter) {
  return session.db.selectFrom('resource').where(wideSql(session, partsOf(filter)));
}

/**
 * What is asked of rows besides the filter: nothing, as where they are counted; numbers of records; or the texts that records are
 * counted by, too.
 */
export type Wanted = 'nothing' | 'numbers' | 'texts';

/** What rows need where a path is sorted by; undefined where narrow ones have not got it. */
export function wantedAt(path: Path): Wanted | undefined {
  const asked: Condition = { path, is: 'present' };
  if (isOfValue(asked)) return 'numbers';
  return isOfClass(asked) ? 'texts' : undefined;
}

interface Rows {
  /** `FROM … WHERE …`, under the name `resource`. */
  readonly from: RawBuilder<unknown>;
  /** Whether they have the number of their class. */
  readonly haveClass: boolean;
}

/** The narrowest rows that answer a filter and have what is wanted. */
export function rowsOf(session: SqlSession, filter: RecordFilter, wanted: Wanted): Rows {
  const { dialect } = session;
  const wide = { from: fromResource(session, filter), haveClass: false };
  if (!dialect.hasNarrowRows) return wide;
  const parts = partsOf(filter);
  const others = parts.filter((part) => !isOfClass(part));
  if (wanted !== 'texts' && others.every(isOfValue))
    return { from: sql`FROM resource_value AS resource WHERE ${narrowSql(parts, dialect)}`, haveClass: true };
  if (parts.every(isOfCounted))
    return {
      from: sql`FROM resource_counted AS resource WHERE ${conditionSql({ all: parts }, dialect)}`,
      haveClass: true,
    };
  if (wanted === 'nothing' && others.every(isOfText)) {
    const lower = { ...dialect, like: dialect.likeLower };
    return { from: sql`FROM resource_text AS resource WHERE ${narrowSql(parts, lower)}`, haveClass: true };
  }
  return wide;
}

/** `FROM … WHERE …`, of `resource` itself. */
export function fromResource(session: SqlSession, filter: RecordFilter): RawBuilder<unknown> {
  return sql`FROM resource WHERE ${wideSql(session, partsOf(filter))}`;
}

/** Whether narrow rows with the numbers of records answer the filter. */
export function isCounted({ dialect }: SqlSession, filter: RecordFilter): boolean {
  return dialect.hasNarrowRows && isOfCounted({ all: partsOf(filter) });
}

/** What those can say of the filter: they let through all that the filter does, and more. */
export function countedPart(filter: RecordFilter): RecordFilter {
  return { condition: { all: partsOf(filter).filter(isOfCounted) } };
}

type ClassColumn = 'provider' | 'account' | 'region' | 'instance_type' | 'state';
type Columns = Readonly<Record<string, RawBuilder<unknown>>>;

/** What groups are told apart by: texts of their class, and what is reckoned from numbers. */
interface GroupKeys {
  readonly texts: readonly ClassColumn[];
  readonly keys?: Columns;
}

/**
 * Records in groups of the same texts and keys, with the sums of each, as a table in brackets. A group may come in parts: it is for
 * the caller to put them together. Narrow rows are grouped by the number of their class, and only then named.
 */
export function groupsOf(
  session: SqlSession,
  filter: RecordFilter,
  { texts, keys = {} }: GroupKeys,
  sums: Columns,
  wanted: Wanted = 'numbers',
): RawBuilder<unknown> {
  const { from, haveClass } = rowsOf(session, filter, wanted);
  const grouped = (haveClass ? ['class'] : texts).map((column) => sql.ref(`resource.${column}`));
  const named = Object.entries({ ...keys, ...sums });
  const groups = sql`
    (SELECT ${sql.join([...grouped, ...named.map(([name, value]) => sql`${value} AS ${sql.ref(name)}`)])} ${from}
    GROUP BY ${sql.join([...grouped, ...Object.values(keys)])})
  `;
  if (!haveClass) return groups;
  const columns = [...texts.map((text) => sql.ref(`c.${text}`)), ...named.map(([name]) => sql.ref(`g.${name}`))];
  return sql`(SELECT ${sql.join(columns)} FROM ${groups} AS g JOIN resource_class AS c ON c.id = g.class)`;
}

/** A condition on rows that have the number of their class, and not its texts. */
function narrowSql(parts: readonly Condition[], dialect: SqlDialect): RawBuilder<boolean> {
  return byClass(
    parts,
    dialect,
    (fits) => sql`resource.class IN (SELECT id FROM resource_class AS resource WHERE ${fits})`,
  );
}

function wideSql({ dialect }: SqlSession, parts: readonly Condition[]): RawBuilder<boolean> {
  if (dialect.hasNarrowRows) return byClass(parts, dialect, (fits) => fits);
  const others = parts.filter((part) => !isOfType(part));
  const ofType = parts.filter(isOfType);
  const isOfOne = (fits: RawBuilder<boolean>) =>
    sql`(${typeColumns}) IN (SELECT ${typeColumns} FROM resource_type AS resource WHERE ${fits})`;
  return sql<boolean>`(${conditionSql({ all: others }, dialect)} AND ${mostlyAll(ofType, dialect, sql`resource_type`, isOfOne)})`;
}

const typeColumns = sql.join(
  ['provider', 'group', 'type', 'instance_type'].map((column) => sql.ref(`resource.${column}`)),
);

function byClass(
  parts: readonly Condition[],
  dialect: SqlDialect,
  isOfOne: (fits: RawBuilder<boolean>) => RawBuilder<unknown>,
): RawBuilder<boolean> {
  const others = conditionSql({ all: parts.filter((part) => !isOfClass(part)) }, dialect);
  return sql<boolean>`(${others} AND ${mostlyAll(parts.filter(isOfClass), dialect, sql`resource_class`, isOfOne)})`;
}

/**
 * Whether any class of resources is shut out is seen once: mostly none is, as where all are servers, and then no row is asked for
 * its own.
 */
function mostlyAll(
  ofClass: readonly Condition[],
  dialect: SqlDialect,
  classes: RawBuilder<unknown>,
  isOfOne: (fits: RawBuilder<boolean>) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  const fits = conditionSql({ all: ofClass }, dialect);
  if (ofClass.length === 0) return fits;
  return sql`(NOT EXISTS (SELECT 1 FROM ${classes} AS resource WHERE NOT ${fits}) OR ${isOfOne(fits)})`;
}

/** All of them have to hold. */
function partsOf({ provider, account, region, state, search = '', condition }: RecordFilter): Condition[] {
  const named: readonly (readonly [Path, string | undefined])[] = [
    [['provider'], provider],
    [['account'], account],
    [['region_code'], region],
    [[statePath], state],
  ];
  const isFound: Condition = {
    any: [
      { path: ['name'], is: 'containing', text: search },
      { path: ['reference', 'resource_id'], is: 'containing', text: search },
    ],
  };
  return [
    ...named.flatMap(([path, value]): Condition[] => (value === undefined ? [] : [{ path, is: 'equal', value }])),
    ...(search === '' ? [] : [isFound]),
    ...(condition === undefined ? [] : flat(condition)),
  ];
}

function flat(condition: Condition): readonly Condition[] {
  return 'all' in condition ? condition.all.flatMap(flat) : [condition];
}
