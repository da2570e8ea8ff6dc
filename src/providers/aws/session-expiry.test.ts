import { expect, it } from 'vitest';
import { parseSecret } from './secret.ts';
import { sessionExpiry } from './session-expiry.ts';

const end = '2026-11-19T09:30:00Z';
const session = { AWS_ACCESS_KEY_ID: 'ASIA0000000000000001', AWS_SESSION_TOKEN: 't', AWS_CREDENTIAL_EXPIRATION: end };
const keys = { kind: 'keys', accessKeyId: 'AKIA0000000000000001', secretAccessKey: 'x'.repeat(40) };

it.each([
  { name: 'a session of the environment', from: { kind: 'default' }, env: session, want: Date.parse(end) },
  { name: 'an end without its session', from: { kind: 'default' }, env: { AWS_CREDENTIAL_EXPIRATION: end } },
  { name: 'an end that is none', from: { kind: 'default' }, env: { ...session, AWS_CREDENTIAL_EXPIRATION: 'soon' } },
  { name: 'a profile, which the environment says nothing of', from: { kind: 'profile', profile: 'p' }, env: session },
  { name: 'a session token that was typed', from: { ...keys, sessionToken: 't' }, env: session },
  { name: 'an access key', from: keys, env: session, want: null },
])('of $name', ({ from, env, want }) => {
  expect(sessionExpiry(parseSecret({ from }), env)?.at).toBe(want);
});
