import { describe, expect, it } from 'vitest';
import { chosenOf, termOf, termsOf, withChoice, withoutTerm } from './query-terms.ts';

describe('terms of a query', () => {
  it.each([
    { query: '', want: [] },
    { query: 'web', want: [['', 'web']] },
    {
      query: ' provider:aws,azure  cpu.p95:<5 ',
      want: [
        ['provider', 'aws', 'azure'],
        ['cpu.p95', '<5'],
      ],
    },
    { query: 'tag."team name":"pay ments"', want: [['tag.team name', 'pay ments']] },
    { query: '-account:sandbox', want: [['account', 'sandbox']] },
    { query: 'cpu:', want: [['cpu']] },
    { query: 'name:"half', want: [['name', 'half']] },
  ])('$query', ({ query, want }) => {
    const terms = termsOf(query);
    expect(terms.map(({ field, values }) => [field, ...values])).toEqual(want);
    for (const { text, from, to } of terms) expect(query.slice(from, to)).toBe(text);
  });

  it('are turned round by a minus', () => {
    expect(termsOf('-a:b c').map(({ isNegated }) => isNegated)).toEqual([true, false]);
  });
});

it.each([
  { query: 'a:1 b:2 c', at: 1, want: 'a:1 c' },
  { query: 'a:1', at: 0, want: '' },
  { query: 'x "a b"  y', at: 1, want: 'x y' },
])('a term is taken out of $query', ({ query, at, want }) => {
  const term = termsOf(query)[at];
  expect(term && withoutTerm(query, term)).toBe(want);
});

describe('a choice', () => {
  it.each([
    { query: '', isChosen: true, want: 'region:eu-west-1' },
    { query: 'web region:us-east-1', isChosen: true, want: 'web region:us-east-1,eu-west-1' },
    { query: 'region:us-east-1,eu-west-1 web', isChosen: false, want: 'web region:us-east-1' },
    { query: 'region:eu-west-1', isChosen: false, want: '' },
    { query: '-region:eu-west-1', isChosen: true, want: '-region:eu-west-1 region:eu-west-1' },
    { query: 'region:~eu', isChosen: true, want: 'region:~eu region:eu-west-1' },
  ])('$isChosen of $query', ({ query, isChosen, want }) => {
    const changed = withChoice(query, 'region', 'eu-west-1', isChosen);
    expect(changed).toBe(want);
    expect(chosenOf(changed, 'region').includes('eu-west-1')).toBe(isChosen);
  });

  it('with a space is quoted, and read again', () => {
    expect(termOf('account', ['a b', 'c'])).toBe('account:"a b",c');
    expect(chosenOf(withChoice('', 'account', 'a b', true), 'account')).toEqual(['a b']);
  });
});
