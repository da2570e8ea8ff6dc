import { expect, it } from 'vitest';
import { expiryOf } from './expiry.ts';
import { parseSecret } from './secret.ts';
import { makeCertificates } from './testing-certificates.fixture.ts';

const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
const bearer = (text: string) => parseSecret({ url: 'https://metrics.example', auth: { kind: 'bearer', token: text } });

it.each([
  { name: 'a token that says it', text: token({ exp: 1_800_000_000 }), want: { of: 'token', at: 1_800_000_000_000 } },
  { name: 'a token that does not', text: token({ sub: 'x' }) },
  { name: 'a token that is no JWT', text: 'glc_abcdef' },
])('of $name', ({ text, want }) => {
  expect(expiryOf(bearer(text))).toEqual(want);
});

it('of a client certificate, and of it alone where it ends before the token', () => {
  using made = makeCertificates();
  const { cert, key } = made.friend;
  const auth = { kind: 'bearer', token: token({ exp: 4_000_000_000 }) };
  const secret = parseSecret({ url: 'https://metrics.example', auth, tls: { cert, key } });
  const { of, at } = expiryOf(secret) ?? {};
  expect(of).toBe('certificate');
  expect(Math.abs((at ?? 0) - Date.now() - 2 * 86_400_000)).toBeLessThan(600_000);
  expect(expiryOf(parseSecret({ url: 'https://metrics.example' }))).toBeUndefined();
});
