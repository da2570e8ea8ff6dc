import { expect, it } from 'vitest';
import { withoutSaved } from './touched.ts';

interface Setting {
  readonly days: number;
  readonly limit: number | null;
  readonly names: readonly string[];
}

it.each<{ name: string; touched: Partial<Setting>; saved: Partial<Setting>; left: Partial<Setting> }>([
  { name: 'all of it', touched: { days: 3 }, saved: { days: 3 }, left: {} },
  { name: 'another field since', touched: { days: 3, limit: 5 }, saved: { days: 3 }, left: { limit: 5 } },
  { name: 'the same field since', touched: { days: 30 }, saved: { days: 3 }, left: { days: 30 } },
  { name: 'a field that was emptied since', touched: { limit: null }, saved: { limit: 5 }, left: { limit: null } },
  { name: 'a list', touched: { names: ['a'] }, saved: { names: ['a'] }, left: {} },
  { name: 'another list since', touched: { names: [] }, saved: { names: ['a'] }, left: { names: [] } },
])('leaves what is not saved: $name', ({ touched, saved, left }) => {
  expect(withoutSaved(touched, saved)).toEqual(left);
});
