import type { Order } from '#store/query/condition.ts';
import { boundsOf, type Term, termsOf } from '#store/query/terms.ts';
import type { Field, Fields } from './fields.ts';

/**
 * A query over rows that are no inventory, in the words of the query over the inventory: terms that all must hold.
 * `state:partial,failed` `-account:sandbox` `name:~web` `servers:>100` `cost:1..5` `last_used:none`, and bare words for a part of the
 * value of any column.
 *
 * @throws CollectError `invalid_query` for a term that is none, `invalid_input` for a field that is none
 */
export function rowsWhere<Row>(query: string, fields: Fields<Row>): (row: Row) => boolean {
  const terms = termsOf(query).map((term) => ({ isNegated: term.isNegated, holds: termTest(term, fields) }));
  return (row) => terms.every(({ isNegated, holds }) => holds(row) !== isNegated);
}

function termTest<Row>(term: Term, fields: Fields<Row>): (row: Row) => boolean {
  const wanted = term.value.toLowerCase();
  const part = wanted.replace(/^~/, '');
  if (term.field === '') return (row) => fields.all.some((field) => textsOf(field, row).some(containing(part)));
  const { raw } = fields.column(term.field);
  if (wanted === 'none') return (row) => raw(row) === undefined;
  if (wanted.startsWith('~')) return (row) => containing(part)(String(raw(row) ?? ''));
  const bounds = boundsOf(term);
  if (bounds !== undefined) {
    return (row) => {
      const value = raw(row);
      return typeof value === 'number' && bounds.every(({ is, value: bound }) => orders[is](value, bound));
    };
  }
  const values = wanted.split(',');
  return (row) => values.includes(String(raw(row) ?? '').toLowerCase());
}

/** What is read of a value, and what it is made of. */
function textsOf<Row>({ value, raw }: Field<Row>, row: Row): string[] {
  return [value(row), String(raw(row) ?? '')];
}

function containing(part: string): (text: string) => boolean {
  return (text) => text.toLowerCase().includes(part);
}

const orders: Readonly<Record<Order, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};
