import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultName } from '../../../src/platform/account/name.ts';
import { accountAddress } from './account-address.ts';

it.each([
  { name: 'prod', want: 'prod' },
  { name: 'Büro 3 (alt)', want: '7' },
  { name: '운영 계정', want: '운영 계정' },
  { name: '310000000001', want: '7' },
  { name: 'new', want: '7' },
  { name: 'prometheus-metrics:9090/path', want: '7' },
  { name: '..', want: '7' },
  { name: '', want: '7' },
  { name: 'x'.repeat(100), want: 'x'.repeat(100) },
  { name: 'x'.repeat(101), want: '7' },
  { name: '𝕏'.repeat(100), want: '7' },
])('of $name is $want', ({ name, want }) => {
  expect(accountAddress({ id: 7, name })).toBe(want);
});

it('is one that the API takes, and stays as it is on its way there, whatever the name', () => {
  const letters = fc.array(fc.nat(0x10ffff), { maxLength: 150 }).map((points) => String.fromCodePoint(...points));
  const names = fc.oneof(letters, fc.string({ maxLength: 150 }));
  fc.assert(
    fc.property(names, (name) => {
      for (const each of [name, defaultName('aws', name)]) {
        const address = accountAddress({ id: 7, name: each });
        expect(address).toMatch(/^.{1,100}$/);
        const { pathname } = new URL(`/accounts/${encodeURIComponent(address)}`, 'http://localhost');
        expect(decodeURIComponent(pathname)).toBe(`/accounts/${address}`);
      }
    }),
  );
});
