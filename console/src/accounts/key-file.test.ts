import { expect, it } from 'vitest';
import { keyFacts } from './key-file.ts';

const key = {
  type: 'service_account',
  project_id: 'my-project',
  client_email: 'reader@my-project.iam.gserviceaccount.com',
  private_key: '-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n',
};

it.each([
  { name: 'nothing yet', content: ' \n', want: undefined },
  { name: 'half a file', content: '{"type":', want: { kind: 'broken' } },
  { name: 'no object', content: '"key"', want: { kind: 'broken' } },
  {
    name: 'a service-account key',
    content: JSON.stringify(key),
    want: { kind: 'service_account', project: key.project_id, email: key.client_email },
  },
  { name: 'one without its key', content: JSON.stringify({ ...key, private_key: undefined }), want: { kind: 'other' } },
  {
    name: 'federation',
    content: JSON.stringify({ type: 'external_account', audience: '//iam.googleapis.com/x' }),
    want: { kind: 'external_account', audience: '//iam.googleapis.com/x' },
  },
  { name: 'a user’s own', content: JSON.stringify({ type: 'authorized_user' }), want: { kind: 'other' } },
])('knows $name', ({ content, want }) => {
  expect(keyFacts(content)).toEqual(want);
});

it('tells no key', () => {
  expect(JSON.stringify(keyFacts(JSON.stringify(key)))).not.toContain('secret');
});
