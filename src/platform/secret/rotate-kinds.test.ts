import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { addAccount, openSecret } from './accounts.ts';
import { googleCredentials, type SimulatedKms, startAwsKms, startGoogleKms } from './kms.fixture.ts';
import { type MasterKey, masterKey } from './master-key.ts';
import { addKeyVersion, rewrapSecrets, secretsByKey } from './rotate.ts';

/** A key of each kind, as `FLEETGAUGE_MASTER_KEY` names it. */
const kinds = {
  file: 'file',
  variable: Buffer.alloc(32, 3).toString('base64'),
  'AWS KMS': 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'Cloud KMS': 'projects/acme-prod/locations/europe-west1/keyRings/gauge/cryptoKeys/master',
} as const;
const names = ['file', 'variable', 'AWS KMS', 'Cloud KMS'] as const;
const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));

let aws: SimulatedKms;
let google: SimulatedKms;

beforeAll(async () => {
  [aws, google] = await Promise.all([startAwsKms(), startGoogleKms()]);
});
afterAll(async () => {
  await Promise.all([aws[Symbol.asyncDispose](), google[Symbol.asyncDispose]()]);
});

const secretOf = (name: string) => ({ secretAccessKey: `secret of ${name}` });

describe('rotation between kinds of master keys', () => {
  it.each(pairs)('from $from to $to needs no downtime', async ({ from, to }) => {
    const folder = await temporaryFolder();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAINTEROPINTEROP01');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'notCheckedHere');
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', await googleCredentials(google, folder));
    onTestFinished(() => void vi.unstubAllEnvs());
    const store = await openTestStore();
    const [old, next] = [kinds[from], kinds[to]];
    let added = 0;
    const add = async (key: MasterKey) => {
      const name = `account ${added++}`;
      await addAccount(store, key, { provider: 'aws', account: name, name, regions: [] }, secretOf(name), 1);
    };
    const begin = (names: string) => masterKey(placeOf(folder, names));

    // Each row of processes takes the place of the one before, one process after another: both live at the same time.
    const rows = [old, `${old},${next}`, `${next},${old}`];
    let before: MasterKey | undefined;
    for (const row of rows) {
      const now = await begin(row);
      const both = before === undefined ? [now] : [before, now];
      for (const key of both) await add(key);
      for (const key of both) await openAll(store, key);
      before = now;
    }

    const rotating = await begin(`${next},${old}`);
    const place = { ...placeOf(folder, `${next},${old}`), isShared: true };
    expect(await addKeyVersion(store, rotating, place)).toBe(false);
    const rewrapping = rewrapSecrets(store, rotating, new AbortController().signal);
    await add(before ?? rotating);
    expect((await rewrapping).failed).toEqual([]);
    await openAll(store, before ?? rotating);
    expect(await secretsByKey(store)).toEqual(new Map([[rotating.id, added]]));

    // The old key is needed no more.
    await openAll(store, await begin(next));
  });
});

function placeOf(folder: string, names: string) {
  const env = {
    FLEETGAUGE_MASTER_KEY: names,
    AWS_ENDPOINT_URL_KMS: aws.url,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS: google.url,
  };
  return { folder, env };
}

async function openAll(store: Store, key: MasterKey): Promise<void> {
  for (const account of await store.accounts.list()) {
    expect(await openSecret(store, key, account)).toEqual(secretOf(account.name));
  }
}
