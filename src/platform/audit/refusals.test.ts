import { expect, it } from 'vitest';
import { Refusals } from './refusals.ts';

it('counts the same refusal of one address once a minute', () => {
  const refusals = new Refusals();
  expect(refusals.isNew('10.0.0.1', 'token.issue', 0)).toBe(true);
  expect(refusals.isNew('10.0.0.1', 'token.issue', 59_999)).toBe(false);
  expect(refusals.isNew('10.0.0.1', 'record.write', 59_999)).toBe(true);
  expect(refusals.isNew('10.0.0.2', 'token.issue', 59_999)).toBe(true);
  expect(refusals.isNew('10.0.0.1', 'token.issue', 60_000)).toBe(true);
});

it('takes the addresses that one customer has for one', () => {
  const refusals = new Refusals();
  expect(refusals.isNew('2001:db8::1', 'token.issue', 0)).toBe(true);
  expect(refusals.isNew('2001:db8::2', 'token.issue', 0)).toBe(false);
});
