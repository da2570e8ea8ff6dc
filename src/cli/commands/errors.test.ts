import { expect, it } from 'vitest';
import { fixOf } from './errors.ts';

const fix = (text: string | null) => ({ fix: text, message: 'denied', times: 1 });

it.each([
  { name: 'one fix for all', fixes: [fix('allow it')], fix_count: 1, said: 'allow it' },
  { name: 'a cause without a fix', fixes: [fix(null)], fix_count: 1, said: 'denied' },
  { name: 'more than are told', fixes: [fix('a'), fix('b')], fix_count: 5, said: 'a | b | and 3 more' },
])('says $name', ({ said, ...cause }) => expect(fixOf(cause)).toBe(said));
