import { expect, it } from 'vitest';
import { inputPattern } from './input-pattern.ts';

it.each([
  {
    pattern: '^arn:aws[\\w-]*:iam::\\d{12}:role\\/\\S+$',
    takes: 'arn:aws-cn:iam::123456789012:role/x',
    not: 'arn:aws:s3',
  },
  { pattern: '^[\\w.-]{1,255}$', takes: 'corp-a.example', not: 'a b' },
  { pattern: '^\\w{16,128}$', takes: 'AKIA000000000000', not: 'AKIA' },
])('a browser takes $pattern', ({ pattern, takes, not }) => {
  const read = new RegExp(inputPattern(pattern) ?? '(?!)', 'v');
  expect([read.test(takes), read.test(not)]).toEqual([true, false]);
});

it('leaves out what no browser reads', () => {
  expect(inputPattern('[a&&&&b]')).toBeUndefined();
  expect(inputPattern(undefined)).toBeUndefined();
});
