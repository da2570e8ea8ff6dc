import { expect, it } from 'vitest';
import { expiryText } from './expiry-text.ts';

const now = Date.parse('2026-11-23T09:00:00Z');

it.each([
  {
    name: 'in days',
    expiry: { of: 'certificate', at: now + 9.5 * 86_400_000 },
    want: 'certificate expires in 9 days (2026-12-02)',
  },
  { name: 'in hours', expiry: { of: 'session', at: now + 3_600_000 }, want: 'session expires in 1 hour (2026-11-23)' },
  {
    name: 'long ago',
    expiry: { of: 'secret', at: now - 3 * 86_400_000 },
    want: 'secret expired 3 days ago (2026-11-20)',
  },
  { name: 'never', expiry: { of: 'key', at: null }, want: undefined },
  { name: 'nobody knows when', expiry: undefined, want: undefined },
] as const)('says what ends $name', ({ expiry, want }) => {
  expect(expiryText(expiry, now)).toBe(want);
});
