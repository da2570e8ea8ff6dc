import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { certificateExpiry, datedExpiry, firstToEnd, tokenExpiry } from './expiry.ts';

const tokenOf = (claims: string) => `e30.${Buffer.from(claims).toString('base64url')}.`;

it.each([
  { name: 'seconds', exp: '1800000000', want: { of: 'token', at: 1_800_000_000_000 } },
  { name: 'the last second that a date can say', exp: '253402300799', want: { of: 'token', at: 253_402_300_799_000 } },
  { name: 'the one after', exp: '253402300800', want: { of: 'token', at: null } },
  { name: 'more than a date can hold', exp: '9999999999999', want: { of: 'token', at: null } },
  { name: 'microseconds', exp: '1800000000000000', want: { of: 'token', at: null } },
  { name: 'more than a number can hold', exp: '1e999', want: { of: 'token', at: null } },
  { name: 'long before there were dates', exp: '-99999999999', want: undefined },
  { name: 'a text', exp: '"tomorrow"', want: undefined },
  { name: 'nothing', exp: 'null', want: undefined },
])('tells the end of a token that says $name', ({ exp, want }) => {
  expect(tokenExpiry(tokenOf(`{"exp":${exp}}`))).toEqual(want);
});

it.each(['', 'a', 'a.b.c', tokenOf('null'), tokenOf('[]')])('knows no end of a token that is none: %j', (token) => {
  expect(tokenExpiry(token)).toBeUndefined();
});

it('knows no end of a certificate that is none', () => {
  expect(certificateExpiry('-----BEGIN CERTIFICATE-----')).toBeUndefined();
});

it('tells no end but one that a reply can say, and leaves such a one as it is', () => {
  const times = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.date({ noInvalidDate: true }).map(Number));
  fc.assert(
    fc.property(times, (at) => {
      const dated = datedExpiry({ of: 'key', at });
      if (dated === undefined) {
        expect(at >= Date.parse('0000-01-01T00:00:00Z')).toBe(false);
      } else if (dated.at === null) {
        expect(at).toBeGreaterThan(Date.parse('9999-12-31T23:59:59Z'));
      } else {
        expect(dated.at).toBe(at);
        expect(z.iso.datetime().safeParse(new Date(at).toISOString())).toMatchObject({ success: true });
      }
    }),
  );
});

it('takes the first of several ends, and none for the last', () => {
  const [endless, late, soon] = [null, 2000, 1000].map((at) => ({ of: 'key', at }) as const);
  expect(firstToEnd([endless, undefined, late, soon])).toBe(soon);
  expect(firstToEnd([undefined, endless])).toBe(endless);
  expect(firstToEnd([undefined])).toBeUndefined();
});
