import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { addAccount, openSecret } from '#platform/secret/accounts.ts';
import { awsKmsKey } from '#platform/secret/aws-kms.ts';
import { masterKey } from '#platform/secret/master-key.ts';
import { rewrapSecrets, secretsByKey } from '#platform/secret/rotate.ts';
import { openMemoryStore } from '#store/open.ts';
import { lacks, motoPython } from '../../e2e/parts.ts';
import { type TemporaryFolder, temporaryFolder } from '../../e2e/temporary-folder.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

const region = 'eu-west-1';
const never = new AbortController().signal;
const Created = z.object({ KeyMetadata: z.object({ Arn: z.string() }) });

let folder: TemporaryFolder;
let moto: MotoServer;
let arn: string;

/** Asks moto's KMS as an operator would. */
async function kms(action: string, body: object): Promise<unknown> {
  const answer = await fetch(moto.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/${region}/kms/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
  return answer.json();
}

const newKey = async () => Created.parse(await kms('CreateKey', {})).KeyMetadata.Arn;

describe.skipIf(lacks(motoPython))('a master key in the KMS of moto', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('kms');
    moto = await startMoto(folder.path);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAINTEROPINTEROP01');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'interopSecretThatMotoDoesNotCheck0000001');
    arn = await newKey();
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await moto?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  it('opens what it wrapped, with the same context alone', async () => {
    const key = awsKmsKey(arn, { endpoint: moto.url });
    const dataKey = new Uint8Array(32).fill(7);
    const wrapped = await key.wrap(dataKey, Buffer.from('bound'));
    expect(Buffer.from(wrapped).includes(Buffer.from(dataKey))).toBe(false);
    expect(new Uint8Array((await key.unwrap(wrapped, Buffer.from('bound'))) ?? [])).toEqual(dataKey);
    expect(await key.unwrap(wrapped, Buffer.from('other'))).toBeUndefined();
    expect(await key.unwrap(wrapped.slice(0, -1), Buffer.from('bound'))).toBeUndefined();
  });

  it('takes over from a key file', async () => {
    await using store = Object.assign(await openMemoryStore(), {
      async [Symbol.asyncDispose]() {
        await store.close();
      },
    });
    const secret = { secretAccessKey: 'as it was added' };
    const file = await masterKey({ folder: folder.path, env: {} });
    const draft = { provider: 'aws', account: '1', name: 'prod', regions: [] };
    const account = await addAccount(store, file, draft, secret, 1);
    const key = await masterKey({
      folder: folder.path,
      env: { FLEETGAUGE_MASTER_KEY: arn, AWS_ENDPOINT_URL_KMS: moto.url },
    });
    expect(await openSecret(store, key, account)).toEqual(secret);
    expect(await rewrapSecrets(store, key, never)).toEqual({ rewrapped: 1, current: 0, failed: [] });
    expect(await secretsByKey(store)).toEqual(new Map([[key.id, 1]]));
    expect(await openSecret(store, key, account)).toEqual(secret);
    await expect(openSecret(store, file, account)).rejects.toThrow('sealed with another master key');
  });
});
