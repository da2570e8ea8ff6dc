import { isDeepStrictEqual } from 'node:util';
import type { Json } from '#wire/struct/json.ts';
import { isList, isObject } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { Found } from './dotted-path.ts';
import { parseTimediff } from './timediff.ts';

type Test = (found: Found) => boolean;

/** Makes a test of what a path leads to. @param now epoch milliseconds */
type Operator = (value: Json, operator: string, now: number) => Test;

const eq = (value: Json): Test =>
  value === null
    ? ({ values, present }) => !present || values.includes(null)
    : ({ values }) => values.some((each) => same(each, value));

const isIn = (value: Json): Test => {
  const wanted = new Set(isList(value) ? value : []);
  return ({ values, present }) => (present ? values.some((each) => wanted.has(each)) : wanted.has(null));
};

const contain = (value: Json): Test => {
  const part = String(value).toLowerCase();
  return ({ values }) => values.some((each) => typeof each === 'string' && each.toLowerCase().includes(part));
};

const not =
  (test: Test): Test =>
  (found) =>
    !test(found);

const anyOf =
  (make: (value: Json) => Test) =>
  (value: Json): Test => {
    const tests = (isList(value) ? value : []).map(make);
    return (found) => tests.some((test) => test(found));
  };

type Comparison = (a: number | string, b: number | string) => boolean;

const lt: Comparison = (a, b) => a < b;
const lte: Comparison = (a, b) => a <= b;
const gt: Comparison = (a, b) => a > b;
const gte: Comparison = (a, b) => a >= b;

/** Only values of the same kind compare. */
const compared =
  (holds: Comparison): Operator =>
  (value) =>
  ({ values }) =>
    values.some((each) => {
      if (typeof each === 'number' && typeof value === 'number') return holds(each, value);
      return typeof each === 'string' && typeof value === 'string' && holds(each, value);
    });

const datetime =
  (holds: Comparison): Operator =>
  (value, operator) => {
    const limit = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(limit)) {
      throw refuse('ERROR_DB_QUERY', `The value of ${operator} operator is required ISO 8601 format.`);
    }
    return timed(holds, limit);
  };

const timediff =
  (holds: Comparison): Operator =>
  (value, _operator, now) =>
    timed(holds, parseTimediff(value, now));

const timed =
  (holds: Comparison, limit: number): Test =>
  ({ values }) =>
    values.some((each) => typeof each === 'string' && holds(Date.parse(each), limit));

const exists: Operator = (value, operator) => {
  if (typeof value !== 'boolean') {
    throw refuse('ERROR_OPERATOR_BOOLEAN_TYPE', `The value of '${operator} operator' must be a boolean type.`);
  }
  return ({ present }) => present === value;
};

const match: Operator = (value, operator) => {
  if (!isObject(value)) {
    throw refuse('ERROR_OPERATOR_DICT_VALUE_TYPE', `The value of '${operator} operator' must be a dictionary type.`);
  }
  return ({ values }) =>
    values.some(
      (each) => isObject(each) && Object.entries(value).every(([key, want]) => same(each[key] ?? null, want)),
    );
};

const regex = (value: Json): Test => {
  const pattern = patternOf(String(value));
  return ({ values }) => values.some((each) => typeof each === 'string' && pattern.test(each));
};

/** Operators whose value is one. */
export const operators: Readonly<Record<string, Operator>> = {
  lt: compared(lt),
  lte: compared(lte),
  gt: compared(gt),
  gte: compared(gte),
  eq,
  not: (value) => not(eq(value)),
  exists,
  contain,
  not_contain: (value) => not(contain(value)),
  match,
  regex,
  datetime_lt: datetime(lt),
  datetime_lte: datetime(lte),
  datetime_gt: datetime(gt),
  datetime_gte: datetime(gte),
  timediff_lt: timediff(lt),
  timediff_lte: timediff(lte),
  timediff_gt: timediff(gt),
  timediff_gte: timediff(gte),
};

/** Operators whose value is a list. `not_contain_in` holds if any is not contained, which is nearly always. */
export const listOperators: Readonly<Record<string, Operator>> = {
  in: isIn,
  not_in: (value) => not(isIn(value)),
  contain_in: anyOf(contain),
  not_contain_in: anyOf((value) => not(contain(value))),
  regex_in: anyOf(regex),
};

function same(a: Json, b: Json): boolean {
  return a === b || (typeof a === 'object' && isDeepStrictEqual(a, b));
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(source, 'i');
  } catch (cause) {
    throw refuse('ERROR_DB_QUERY', `Database query failed. (reason = ${cause})`);
  }
}
