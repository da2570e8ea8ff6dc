import { type RawBuilder, sql } from 'kysely';
import type { Comparison, Json, Path, Scalar } from '../query/condition.ts';

const doc = sql`(SELECT doc FROM resource_doc WHERE resource_doc.id = resource.id)`;

/**
 * A comparison by jsonpath, whose lax mode looks into lists as the language wants it. Values are bound as variables; what has to be
 * part of the path (names, patterns) is quoted as JSON.
 */
export function recordFits(comparison: Comparison): RawBuilder<boolean> {
  const at = pathText(comparison.path);
  switch (comparison.is) {
    case 'equal':
      if (comparison.value === null) return missingOr(at, exists(`${at} ? (@ == null)`));
      return equal(at, comparison.value);
    case 'one of': {
      const found = exists(`${at} ? (@ == $v[*])`, { v: comparison.values });
      return comparison.values.includes(null) ? missingOr(at, found) : found;
    }
    case 'present':
      return exists(at);
    case 'containing':
      return exists(`${at} ? (@ like_regex ${JSON.stringify(comparison.text)} flag "iq")`);
    case 'matching':
      return exists(`${at} ? (@ like_regex ${JSON.stringify(comparison.pattern)} flag "i")`);
    case 'having':
      return having(at, comparison.values);
    default:
      return exists(`${at} ? (@ ${comparison.is} $v)`, { v: comparison.value });
  }
}

/** jsonpath compares scalars alone; lists and objects are compared as values of jsonb, a list as a whole and by its elements. */
function equal(at: string, value: Json): RawBuilder<boolean> {
  if (typeof value !== 'object') return exists(`${at} ? (@ == $v)`, { v: value });
  const wanted = sql`${JSON.stringify(value)}::jsonb`;
  return sql<boolean>`EXISTS (
    SELECT FROM jsonb_path_query(${doc}, ${at}::jsonpath) AS whole
    WHERE whole = ${wanted} OR EXISTS (
      SELECT FROM jsonb_array_elements(CASE jsonb_typeof(whole) WHEN 'array' THEN whole ELSE '[]' END) AS element
      WHERE element = ${wanted}
    )
  )`;
}

function having(at: string, values: Readonly<Record<string, Scalar>>): RawBuilder<boolean> {
  const names = Object.keys(values);
  const tests = names.map((name, index) => {
    const member = `@.${JSON.stringify(name)}`;
    return values[name] === null ? `(!exists(${member}) || ${member} == null)` : `${member} == $v${index}`;
  });
  const filter = ['@.type() == "object"', ...tests].join(' && ');
  return exists(`${at} ? (${filter})`, Object.fromEntries(names.map((name, index) => [`v${index}`, values[name]])));
}

function missingOr(at: string, found: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`(NOT ${exists(at)} OR ${found})`;
}

function exists(path: string, variables: object = {}): RawBuilder<boolean> {
  return sql<boolean>`jsonb_path_exists(${doc}, ${path}::jsonpath, ${JSON.stringify(variables)}::jsonb)`;
}

function pathText(path: Path): string {
  return ['$', ...path.map((name) => JSON.stringify(name))].join('.');
}
