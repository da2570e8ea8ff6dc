import { CollectError } from '#model/errors.ts';
import type { Fields } from './fields.ts';

/**
 * A query over rows that are no inventory, in the words of the query over the inventory: terms that all must hold.
 * `state:partial,failed` `-account:sandbox` `name:~web` `servers:>100` `cost:1..5` `last_used:none`, and bare words for a part of any
 * column.
 *
 * @throws CollectError `invalid_query` for a term that is none, `invalid_input` for a field that is none
 */
export function rowsWhere<Row>(query: string, fields: Fields<Row>): (row: Row) => boolean {
  if ((query.match(/"/g)?.length ?? 0) % 2 === 1)
    throw new CollectError('invalid_query', 'a quotation mark is not closed', { where: query });
  const terms = [...query.matchAll(/(-?)(?:([^\s":]+):)?((?:"[^"]*"|[^\s"])+)/g)].map(
    ([text, minus, field, value = '']) => ({
      isNegated: minus === '-',
      holds: termOf(text, field, value.replaceAll('"', ''), fields),
    }),
  );
  return (row) => terms.every(({ isNegated, holds }) => holds(row) !== isNegated);
}

function termOf<Row>(
  text: string,
  field: string | undefined,
  wanted: string,
  fields: Fields<Row>,
): (row: Row) => boolean {
  const part = wanted.replace(/^~/, '').toLowerCase();
  if (field === undefined) return (row) => JSON.stringify(row).toLowerCase().includes(part);
  const { raw } = fields.column(field);
  if (wanted === 'none') return (row) => raw(row) === undefined;
  if (wanted.startsWith('~'))
    return (row) =>
      String(raw(row) ?? '')
        .toLowerCase()
        .includes(part);
  const inRange = rangeOf(text, wanted);
  if (inRange !== undefined) {
    return (row) => {
      const value = raw(row);
      return typeof value === 'number' && inRange(value);
    };
  }
  const values = wanted.toLowerCase().split(',');
  return (row) => values.includes(String(raw(row) ?? '').toLowerCase());
}

/** `<5`, `>=80`, `10..20`; undefined for what is no range. */
function rangeOf(term: string, text: string): ((value: number) => boolean) | undefined {
  const between = /^(-?[\d.]+)\.\.(-?[\d.]+)$/.exec(text);
  if (between !== null) {
    const [low, high] = [numberIn(between[1], term), numberIn(between[2], term)];
    return (value) => value >= low && value <= high;
  }
  const [, order, number] = /^(<=|>=|<|>)(.*)$/.exec(text) ?? [];
  if (order === undefined) return undefined;
  const limit = numberIn(number, term);
  const orders: Readonly<Record<string, (value: number) => boolean>> = {
    '<': (value) => value < limit,
    '<=': (value) => value <= limit,
    '>': (value) => value > limit,
    '>=': (value) => value >= limit,
  };
  return orders[order];
}

function numberIn(text: string | undefined, term: string): number {
  const value = Number(text);
  if (text !== undefined && text.trim() !== '' && Number.isFinite(value)) return value;
  throw new CollectError('invalid_query', 'is no number', { where: term, fix: 'such as <5, >=80, 10..20, none' });
}
