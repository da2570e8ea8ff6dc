import { expect, it } from 'vitest';
import { nextPath } from './next-path.ts';

it.each(['/', '/servers?search=web&sort=-cpuAvg', '/servers/12?tab=history#cpu', '/logins', '/a?search=%EC%9B%B9'])(
  'leads back to %j',
  (path) => {
    expect(nextPath(path)).toBe(path);
  },
);

it.each([
  undefined,
  '',
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  '/a b',
  '\n/x',
  '/login',
  '/login?next=/login',
  `/${'a'.repeat(1000)}`,
])('leads to the overview instead of %j', (path) => {
  expect(nextPath(path)).toBe('/');
});
