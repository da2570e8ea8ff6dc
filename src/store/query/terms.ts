import { CollectError } from '#model/errors.ts';
import type { Order } from './condition.ts';

/** A word of a query as people type it, with the field that it is about. */
export interface Term {
  readonly isNegated: boolean;
  /** Empty for a bare word. */
  readonly field: string;
  /** Without quotation marks; a `~` in front of it asks for a part of a text. */
  readonly value: string;
  /** As it was typed. */
  readonly text: string;
}

const longestText = 2000;

/** @throws CollectError `invalid_query` for a quotation mark that is not closed, or far too many words */
export function termsOf(text: string): Term[] {
  if (text.length > longestText) throw refused(text.slice(0, 40), `a query has at most ${longestText} characters`);
  if ((text.match(/"/g)?.length ?? 0) % 2 === 1) throw refused(text, 'a quotation mark is not closed');
  return [...text.matchAll(/(-?)(?:((?:"[^"]*"|[^\s":])+):)?((?:"[^"]*"|[^\s"])+)/g)].map(
    ([term, minus, field = '', value = '']) => ({
      isNegated: minus === '-',
      field: field.replaceAll('"', ''),
      value: value.replaceAll('"', ''),
      text: term,
    }),
  );
}

/** One side of a range of numbers. */
export interface Bound {
  readonly is: Order;
  readonly value: number;
}

/** `<5`, `>=80%`, `10..20`, `1M..2M`; undefined for what is no range. @throws CollectError `invalid_query` where it has no number */
export function boundsOf(term: Term): readonly Bound[] | undefined {
  const range = /^(-?[\d.]+(?:[kMG]i?|%)?)\.\.(-?[\d.]+(?:[kMG]i?|%)?)$/.exec(term.value);
  if (range !== null) {
    return [
      { is: '>=', value: numberIn(range[1], term) },
      { is: '<=', value: numberIn(range[2], term) },
    ];
  }
  const [, order, number] = /^(<=|>=|<|>)(.*)$/.exec(term.value) ?? [];
  return isOrder(order) ? [{ is: order, value: numberIn(number, term) }] : undefined;
}

/** The value of a term that is to be a number. @throws CollectError `invalid_query` where it is none */
export function numberOf(term: Term): number {
  return numberIn(term.value, term);
}

function isOrder(text: string | undefined): text is Order {
  return text === '<' || text === '<=' || text === '>' || text === '>=';
}

const multiples: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  '%': 1,
};

/** `5`, `5%`, `1.5M`, `2Gi` */
function numberIn(text: string | undefined, { text: term }: Term): number {
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)([kMG]i?|%|Ki)?$/.exec(text ?? '') ?? [];
  const multiple = unit === '' ? 1 : multiples[unit];
  if (digits === undefined || multiple === undefined)
    throw refused(term, 'is no number', 'such as <5, >=80, 10..20, >1.5M, none');
  return Number(digits) * multiple;
}

/** What is wrong with a term, and what helps. */
export function refused(term: string, message: string, fix?: string): CollectError {
  return new CollectError('invalid_query', message, { where: term, ...(fix === undefined ? {} : { fix }) });
}
