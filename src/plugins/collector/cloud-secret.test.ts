import { describe, expect, it } from 'vitest';
import { parseSecret as parseAws } from '#providers/aws/secret.ts';
import { parseSecret as parseAzure } from '#providers/azure/secret.ts';
import { parseSecret as parseGoogle } from '#providers/google_cloud/secret.ts';
import { readCloudSecret } from './cloud-secret.ts';

const parsers = { aws: parseAws, google_cloud: parseGoogle, azure: parseAzure } as const;

const googleKey = {
  type: 'service_account',
  project_id: 'demo-project-0001',
  private_key_id: 'abc',
  private_key: '-----BEGIN PRIVATE KEY-----\nopens nothing\n-----END PRIVATE KEY-----\n',
  client_email: 'reader@demo-project-0001.iam.gserviceaccount.com',
  client_id: '1',
  token_uri: 'https://oauth2.googleapis.com/token',
};
const azureApp = {
  tenant_id: '30000000-0000-4000-8000-000000000001',
  client_id: '30000000-0000-4000-8000-000000000021',
  client_secret: 'opens-nothing',
  subscription_id: '30000000-0000-4000-8000-000000000011',
};

describe("the secrets of the clouds' own collectors", () => {
  it.each([
    {
      name: 'aws_access_key',
      data: { aws_access_key_id: 'AKIADEMO0000000001', aws_secret_access_key: 'opensNothingAtAll00' },
      provider: 'aws',
      want: { from: { kind: 'keys', accessKeyId: 'AKIADEMO0000000001' }, assume: [] },
    },
    {
      name: 'aws_assume_role, with empty fields as they are stored',
      data: {
        aws_access_key_id: 'AKIADEMO0000000001',
        aws_secret_access_key: 'opensNothingAtAll00',
        role_arn: 'arn:aws:iam::320000000001:role/reader',
        external_id: '',
        region_name: '',
      },
      provider: 'aws',
      want: { assume: [{ roleArn: 'arn:aws:iam::320000000001:role/reader' }], homeRegion: 'us-east-1' },
    },
    {
      name: 'google_oauth2_credentials',
      data: googleKey,
      provider: 'google_cloud',
      want: { from: { kind: 'service_account' }, projects: ['demo-project-0001'] },
    },
    {
      name: 'azure_client_secret',
      data: azureApp,
      provider: 'azure',
      want: {
        from: { kind: 'client_secret', tenantId: azureApp.tenant_id },
        subscriptions: [azureApp.subscription_id],
      },
    },
  ] as const)('$name is what its provider takes', ({ data, provider, want }) => {
    const { provider: id, input } = readCloudSecret(data);
    expect(id).toBe(provider);
    expect(parsers[provider](input)).toMatchObject(want);
  });

  it('of a cloud that has none it is the one that we take', () => {
    const input = { url: 'https://prometheus.example.com' };
    expect(readCloudSecret({ provider: 'prometheus', ...input })).toEqual({ provider: 'prometheus', input });
  });

  it.each([
    { data: {}, says: 'it has no fields' },
    { data: { user: 'x', password: 'hunter2' }, says: 'it has user, password' },
    { data: { aws_access_key_id: 'AKIADEMO0000000001' }, says: 'secret_data.aws_secret_access_key' },
    { data: { ...azureApp, client_id: 7 }, says: 'secret_data.client_id' },
  ])('another is refused by its fields, without its values', ({ data, says }) => {
    expect(() => readCloudSecret(data)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
    );
    expect(() => readCloudSecret(data)).not.toThrow('hunter2');
  });
});
