import type { Json, JsonObject } from '#wire/struct/json.ts';
import { isList } from '../json.ts';
import { refuse } from '../refusal.ts';
import { follow } from './dotted-path.ts';
import { listOperators, operators } from './operators.ts';

/** One condition with its long names. */
export interface Condition {
  readonly key: string;
  readonly value: Json;
  readonly operator: string;
}

type Predicate = (row: JsonObject) => boolean;

/** What conditions are compiled for. */
interface FilterContext {
  /** Epoch milliseconds, for `timediff_…`. */
  readonly now: number;
  /** Parts of a tag's path before its name, which may hold dots: `tags.NAME` has one, `tags.PROVIDER.NAME` two. */
  readonly tagDepth: 1 | 2;
}

/**
 * The rows for which every condition of `filter` holds, and any of `filterOr` if there are some.
 *
 * @throws CollectError for an unknown operator or a value that it cannot take
 */
export function compileFilter(
  filter: readonly Condition[],
  filterOr: readonly Condition[],
  context: FilterContext,
): Predicate {
  const all = filter.map((condition) => compile(condition, context));
  const any = filterOr.map((condition) => compile(condition, context));
  return (row) => all.every((holds) => holds(row)) && (any.length === 0 || any.some((holds) => holds(row)));
}

function compile({ key, value, operator }: Condition, { now, tagDepth }: FilterContext): Predicate {
  const single = operators[operator];
  const make = single ?? listOperators[operator];
  if (make === undefined) {
    const known = [...Object.keys(operators), ...Object.keys(listOperators)].join(', ');
    throw queryFailed(`Filter operator is not supported. (operator = ${known})`);
  }
  const what = `The value of '${operator} operator'`;
  if (single !== undefined && isList(value)) {
    throw refuse('ERROR_OPERATOR_VALUE_TYPE', `${what} does not support list type. (${key})`);
  }
  if (single === undefined && !isList(value)) {
    throw refuse('ERROR_OPERATOR_LIST_VALUE_TYPE', `${what} must be a list type. (${key})`);
  }
  if (key === '') throw queryFailed('Filter condition should have key, value and operator.');
  const holds = make(value, operator, now);
  const path = keysOf(key, tagDepth);
  return (row) => holds(follow(row, path));
}

function queryFailed(reason: string): Error {
  return refuse('ERROR_DB_QUERY', `Database query failed. (reason = ${reason})`);
}

function keysOf(key: string, tagDepth: number): string[] {
  const keys = key.split('.');
  return keys[0] === 'tags' ? [...keys.slice(0, tagDepth), keys.slice(tagDepth).join('.')] : keys;
}
