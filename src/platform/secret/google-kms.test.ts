import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { crc32c } from './crc32c.ts';
import { googleKmsKey } from './google-kms.ts';
import { googleCredentials, googleRefusal, googleToken, type SimulatedKms, startGoogleKms } from './kms.fixture.ts';

const name = 'projects/acme-prod/locations/europe-west1/keyRings/gauge/cryptoKeys/master';
const dataKey = Buffer.alloc(32, 7);
const bound = Buffer.from('bound');
const authorize = async () => ({ authorization: `Bearer ${googleToken}` });

async function startTestKms(): Promise<SimulatedKms> {
  const kms = await startGoogleKms();
  onTestFinished(() => kms[Symbol.asyncDispose]());
  return kms;
}

const keyAt = (kms: SimulatedKms, key = name) => googleKmsKey(key, { endpoint: kms.url, authorize });
const Fields = z.record(z.string(), z.unknown());

describe("a key in Google's Cloud KMS", () => {
  it('opens what it wrapped, with what it was bound to alone', async () => {
    const kms = await startTestKms();
    const key = keyAt(kms);
    const wrapped = await key.wrap(dataKey, bound);
    expect(Buffer.from(wrapped).includes(dataKey)).toBe(false);
    expect(await key.unwrap(wrapped, bound)).toEqual(dataKey);
    expect(await key.unwrap(wrapped, Buffer.from('other'))).toBeUndefined();
    expect(await key.unwrap(wrapped.slice(0, -1), bound)).toBeUndefined();
    const other = keyAt(kms, `${name}-2`);
    expect(await other.unwrap(wrapped, bound)).toBeUndefined();
    expect(other.id).not.toBe(key.id);
  });

  it('is sent the data key and what it is bound to, each with its checksum, and no more', async () => {
    const kms = await startTestKms();
    await keyAt(kms).wrap(dataKey, bound);
    const [asked] = kms.asked;
    expect(asked?.path).toBe(`/v1/${name}:encrypt`);
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      plaintext: dataKey.toString('base64'),
      plaintextCrc32c: String(crc32c(dataKey)),
      additionalAuthenticatedData: bound.toString('base64'),
      additionalAuthenticatedDataCrc32c: String(crc32c(bound)),
    });
  });

  it.each([
    { what: 'what it was sent', by: { verifiedPlaintextCrc32c: false } },
    { what: 'what it is bound to', by: { verifiedAdditionalAuthenticatedDataCrc32c: false } },
    { what: 'what it wrapped', by: { ciphertext: Buffer.from('changed').toString('base64') } },
  ])('is asked again where $what was changed on its way', async ({ by }) => {
    const kms = await startTestKms();
    kms.faults.push(({ body }) => ({ status: 200, body: { ...Fields.parse(body), ...by } }));
    const wrapped = await keyAt(kms).wrap(dataKey, bound);
    expect(kms.asked).toHaveLength(2);
    kms.faults.push(({ body }) => ({ status: 200, body: { ...Fields.parse(body), plaintext: 'AAAA' } }));
    expect(await keyAt(kms).unwrap(wrapped, bound)).toEqual(dataKey);
    expect(kms.asked).toHaveLength(4);
  });

  it('takes a checksum that it refuses for bytes that were changed, and not for another key', async () => {
    const kms = await startTestKms();
    const wrapped = await keyAt(kms).wrap(dataKey, bound);
    const changed = googleRefusal(400, 'INVALID_ARGUMENT', 'The checksum in field ciphertext_crc32c did not match.');
    kms.faults.push(() => changed);
    expect(await keyAt(kms).unwrap(wrapped, bound)).toEqual(dataKey);
  });

  it('is asked again where it had enough, or was away', async () => {
    const kms = await startTestKms();
    kms.faults.push(
      () => googleRefusal(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded'),
      () => ({ status: 503, body: '<html>' }),
    );
    await keyAt(kms).wrap(dataKey, bound);
    expect(kms.asked).toHaveLength(3);
  });

  it.each([
    { status: 403, error: 'PERMISSION_DENIED', code: 'access_denied' },
    { status: 401, error: 'UNAUTHENTICATED', code: 'access_denied' },
    { status: 404, error: 'NOT_FOUND', code: 'secret_rejected' },
    { status: 400, error: 'FAILED_PRECONDITION', code: 'secret_rejected' },
  ])('says what $error means, and nothing of what was sent', async ({ status, error, code }) => {
    const kms = await startTestKms();
    const refused = () => googleRefusal(status, error, 'told');
    kms.faults.push(refused, refused);
    for (const work of [keyAt(kms).wrap(dataKey, bound), keyAt(kms).unwrap(dataKey, bound)]) {
      const caught = await work.catch((reason: unknown) => reason);
      expect(caught).toMatchObject({ code, where: name, message: `KMS refused: ${error} (told)` });
      expect(JSON.stringify(caught)).not.toContain(dataKey.toString('base64'));
    }
    expect(kms.asked).toHaveLength(2);
  });

  it.each(['http://kms.example', 'ftp://127.0.0.1', 'kms'])('is not asked at %s', (endpoint) => {
    expect(() => googleKmsKey(name, { endpoint })).toThrow(
      expect.objectContaining({ code: 'invalid_input', where: 'CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS' }),
    );
  });

  it.each([
    'projects/acme-prod',
    `${name}/cryptoKeyVersions/1`,
    'projects/a/locations/b/keyRings/c/cryptoKeys/d?x=y',
    'projects/a/locations/../keyRings/c/cryptoKeys/d',
  ])('is not named by %s', (wrong) => {
    expect(() => googleKmsKey(wrong, {})).toThrow(expect.objectContaining({ code: 'invalid_input', where: wrong }));
  });
});

describe('application default credentials', () => {
  it('are found as the official library finds them, and got once', async () => {
    const kms = await startTestKms();
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', await googleCredentials(kms, await temporaryFolder()));
    onTestFinished(() => void vi.unstubAllEnvs());
    const key = googleKmsKey(name, { endpoint: kms.url });
    expect(await key.unwrap(await key.wrap(dataKey, bound), bound)).toEqual(dataKey);
    const paths = kms.asked.map(({ path }) => path);
    expect(paths).toEqual(['/token', `/v1/${name}:encrypt`, `/v1/${name}:decrypt`]);
    const form = new URLSearchParams(kms.asked[0]?.body);
    expect(form.get('scope')).toBe('https://www.googleapis.com/auth/cloudkms');
    expect(form.get('subject_token')).toBe('told by the cluster');
  });

  it('that are none are told', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(await temporaryFolder(), 'absent.json'));
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(googleKmsKey(name, { endpoint: 'http://127.0.0.1:9' }).wrap(dataKey, bound)).rejects.toMatchObject({
      code: 'secret_rejected',
      fix: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
    });
  });
});
