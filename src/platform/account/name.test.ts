import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AccountName, defaultName } from './name.ts';

it.each([
  { name: 'an id', provider: 'aws', principal: '310000000001', want: 'aws-310000000001' },
  { name: 'an address', provider: 'prometheus', principal: 'metrics:9090/path/', want: 'prometheus-metrics-9090-path' },
  {
    name: 'an audience',
    provider: 'google_cloud',
    principal: '//iam.googleapis.com/projects/1/locations/global',
    want: 'google_cloud-iam.googleapis.com-projects-1-locations-global',
  },
  { name: 'a guest', provider: 'azure', principal: 'live.com#an@corp.example', want: 'azure-live.com-an@corp.example' },
  { name: 'nothing that a name can have', provider: 'aws', principal: '://', want: 'aws' },
  { name: 'more than a name has room for', provider: 'aws', principal: 'x'.repeat(200), want: `aws-${'x'.repeat(96)}` },
  {
    name: 'a dash where it is cut',
    provider: 'aws',
    principal: `${'x'.repeat(95)}:9090`,
    want: `aws-${'x'.repeat(95)}`,
  },
])('makes a name of $name', ({ provider, principal, want }) => {
  expect(defaultName(provider, principal)).toBe(want);
});

it('makes a name that can be given, and that has room in an address, of whatever a cloud says', () => {
  const letters = fc.array(fc.nat(0x10ffff), { maxLength: 150 }).map((points) => String.fromCodePoint(...points));
  const principals = fc.oneof(letters, fc.string({ maxLength: 150 }));
  fc.assert(
    fc.property(fc.constantFrom('aws', 'google_cloud', 'x'.repeat(120)), principals, (provider, principal) => {
      const name = defaultName(provider, principal);
      expect(AccountName.safeParse(name)).toMatchObject({ success: true });
      expect(name.length).toBeLessThanOrEqual(100);
    }),
  );
});
