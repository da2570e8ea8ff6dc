import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noCost } from '#model/fleet.ts';
import type { Account } from '#store/accounts.ts';
import { type FinalJobState, noCounts } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { addAccount, openSecret } from './accounts.ts';
import { firstFormat, keyOf } from './master-key.fixture.ts';
import { type MasterKey, masterKey } from './master-key.ts';
import { addKeyVersion, forgetKey, rewrapSecrets, secretsByKey } from './rotate.ts';
import { newEnvelope } from './seal.ts';

const never = new AbortController().signal;
const secretOf = (name: string) => ({ secretAccessKey: `secret of ${name}` });

function add(store: Store, key: MasterKey, name: string): Promise<Account> {
  return addAccount(store, key, { provider: 'aws', account: name, name, regions: [] }, secretOf(name), 1000);
}

async function openAll(store: Store, key: MasterKey): Promise<void> {
  for (const account of await store.accounts.list()) {
    expect(await openSecret(store, key, account)).toEqual(secretOf(account.name));
  }
}

describe('rotation of the master key', () => {
  it('needs no restart of those that read and write meanwhile', async () => {
    const place = { folder: await temporaryFolder(), env: {}, isShared: false };
    const store = await openTestStore();
    const server = await masterKey(place);
    const old = server.id;
    for (let at = 0; at < 250; at++) await add(store, server, `account-${at}`);

    const cli = await masterKey(place);
    expect(await addKeyVersion(store, cli, place)).toBe(true);
    await add(store, server, 'added while it rotates');
    expect(await secretsByKey(store)).toEqual(
      new Map([
        [old, 250],
        [cli.id, 1],
      ]),
    );
    expect(await rewrapSecrets(store, cli, never)).toEqual({ rewrapped: 250, current: 1, failed: [] });
    await openAll(store, server);
    expect(await secretsByKey(store)).toEqual(new Map([[cli.id, 251]]));
    expect(server.id).toBe(cli.id);

    await forgetKey(store, place.folder, old);
    expect(await readdir(place.folder)).toEqual(['master-2.key']);
    await openAll(store, await masterKey(place));
    expect(await addKeyVersion(store, cli, place)).toBe(true);
    expect((await readdir(place.folder)).sort()).toEqual(['master-2.key', 'master-3.key']);
  });

  it('goes on where it was stopped', async () => {
    const place = { folder: await temporaryFolder(), env: {}, isShared: false };
    const store = await openTestStore();
    const key = await masterKey(place);
    for (const name of ['a', 'b', 'c']) await add(store, key, name);
    await addKeyVersion(store, key, place);
    const stop = new AbortController();
    const { sealed } = store;
    const stopping: Store = {
      ...store,
      sealed: {
        ...sealed,
        replace: async (value, by) => {
          stop.abort();
          return sealed.replace(value, by);
        },
      },
    };
    await expect(rewrapSecrets(stopping, key, stop.signal)).rejects.toThrow();
    expect([...(await secretsByKey(store)).values()].sort()).toEqual([1, 2]);
    await openAll(store, key);
    expect(await addKeyVersion(store, key, place)).toBe(false);
    expect(await rewrapSecrets(store, key, never)).toEqual({ rewrapped: 2, current: 1, failed: [] });
    await openAll(store, key);
  });

  it('wraps data keys alone; secrets of the first format are sealed anew', async () => {
    const store = await openTestStore();
    const account = await add(store, await keyOf(1), 'a');
    const before = await store.accounts.sealedSecret(account.id);
    const both = await keyOf(2, 1);
    expect((await rewrapSecrets(store, both, never)).rewrapped).toBe(1);
    const after = await store.accounts.sealedSecret(account.id);
    expect(Buffer.from(after.slice(-40))).toEqual(Buffer.from(before.slice(-40)));
    await openAll(store, await keyOf(2));

    const other = await openTestStore();
    const old = await other.accounts.add(
      { provider: 'aws', account: '123', name: 'old', regions: [] },
      () => firstFormat,
      1,
    );
    expect((await rewrapSecrets(other, both, never)).rewrapped).toBe(1);
    expect(await openSecret(other, await keyOf(2), old)).toEqual({ accessKeyId: 'AKIAIOSFODNN7' });
  });

  it('leaves what it cannot open as it was, and says so', async () => {
    const store = await openTestStore();
    await add(store, await keyOf(9), 'of a lost key');
    await add(store, await keyOf(1), 'well');
    const damaged = await store.accounts.add(
      { provider: 'aws', account: '1', name: 'z', regions: [] },
      () => Buffer.alloc(9),
      1,
    );
    const outcome = await rewrapSecrets(store, await keyOf(2, 1), never);
    expect(outcome).toMatchObject({ rewrapped: 1, current: 0 });
    expect(outcome.failed.map(({ code, where }) => [code, where])).toEqual([
      ['secret_rejected', 'account 1'],
      ['secret_rejected', `account ${damaged.id}`],
    ]);
    expect((await secretsByKey(store)).get('unknown')).toBe(1);
  });

  it('minds what a job has a plugin collect until all of that is done, and says how it is had again', async () => {
    const store = await openTestStore();
    const { seal } = await newEnvelope(await keyOf(9));
    const parts = Buffer.from(seal('{}', 'parts of plugin theirs')).toString('base64');
    const draft = { demo: false, planned: noCost, ownerPid: process.pid, options: { plugin: 'theirs' } };
    const begin = () => store.jobs.create({ ...draft, plan: { tasks: 1, parts }, tasks: [] }, 1000);
    const end = async (state: FinalJobState) => {
      const { job } = await begin();
      await store.jobs.finish(job.id, { state, counts: noCounts, spent: noCost }, 2000);
      return job.id;
    };
    await end('SUCCESS');
    const partial = await end('PARTIAL');
    const { job: running } = await begin();
    const { failed } = await rewrapSecrets(store, await keyOf(2), never);
    expect(failed).toMatchObject(
      [partial, running.id].map((id) => ({
        code: 'secret_rejected',
        message: expect.stringContaining('another master key'),
        where: `job ${id}`,
        fix: expect.stringContaining('fleetgauge collector run theirs.'),
      })),
    );
    expect([...(await secretsByKey(store)).values()]).toEqual([2]);
    await store.jobs.finish(partial, { state: 'SUCCESS', counts: noCounts, spent: noCost }, 3000);
    await store.jobs.finish(running.id, { state: 'SUCCESS', counts: noCounts, spent: noCost }, 3000);
    expect(await rewrapSecrets(store, await keyOf(2), never)).toEqual({ rewrapped: 0, current: 0, failed: [] });
  });

  it('makes no key file where the key is given, and goes to the one that is given first', async () => {
    const folder = await temporaryFolder();
    const store = await openTestStore();
    await add(store, await keyOf(1), 'a');
    const env = { FLEETGAUGE_MASTER_KEY: [2, 1].map((fill) => Buffer.alloc(32, fill).toString('base64')).join(',') };
    const key = await masterKey({ folder, env });
    expect(await addKeyVersion(store, key, { folder, env, isShared: true })).toBe(false);
    expect(await readdir(folder)).toEqual([]);
    expect(await rewrapSecrets(store, key, never)).toMatchObject({ rewrapped: 1 });
    await openAll(store, await keyOf(2));
  });

  it('keeps a key that is still needed', async () => {
    const place = { folder: await temporaryFolder(), env: {}, isShared: false };
    const store = await openTestStore();
    const key = await masterKey(place);
    const old = key.id;
    await add(store, key, 'a');
    await expect(forgetKey(store, place.folder, old)).rejects.toMatchObject({ code: 'conflict' });
    await addKeyVersion(store, key, place);
    await expect(forgetKey(store, place.folder, old)).rejects.toMatchObject({ fix: 'fleetgauge secret rotate' });
    await rewrapSecrets(store, key, never);
    await expect(forgetKey(store, place.folder, key.id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(forgetKey(store, place.folder, '00')).rejects.toMatchObject({ code: 'not_found' });
    await forgetKey(store, place.folder, old);
    await expect(openSecret(store, await keyOf(1), await store.accounts.get('a'))).rejects.toThrow(
      'another master key',
    );
  });

  it('waits for a new key to be on all machines that share the store', async () => {
    const place = { folder: await temporaryFolder(), env: {}, isShared: true };
    const store = await openTestStore();
    const key = await masterKey(place);
    await add(store, key, 'a');
    await expect(addKeyVersion(store, key, place)).rejects.toMatchObject({
      code: 'conflict',
      fix: expect.stringContaining('master-2.key'),
    });
    const text = Buffer.alloc(32, 7).toString('base64');
    await writeFile(join(place.folder, 'master-2.key'), text, { mode: 0o600 });
    expect(await addKeyVersion(store, key, place)).toBe(false);
    expect(await rewrapSecrets(store, key, never)).toMatchObject({ rewrapped: 1 });
    await openAll(store, await keyOf(7));
  });

  it('ends with one key where two rotate at once', async () => {
    const place = { folder: await temporaryFolder(), env: {}, isShared: false };
    const store = await openTestStore();
    await add(store, await masterKey(place), 'a');
    const keys = await Promise.all([masterKey(place), masterKey(place)]);
    await Promise.all(keys.map((key) => addKeyVersion(store, key, place)));
    expect((await readdir(place.folder)).sort()).toEqual(['master-2.key', 'master.key']);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
    expect((await readFile(join(place.folder, 'master-2.key'), 'utf8')).trim()).toHaveLength(44);
  });

  it('opens what was sealed by a key that came after its own', async () => {
    const place = { folder: await temporaryFolder(), env: {}, isShared: false };
    const store = await openTestStore();
    const [early, late] = [await masterKey(place), await masterKey(place)];
    await addKeyVersion(store, late, place);
    const account = await add(store, late, 'a');
    expect(early.id).not.toBe(late.id);
    expect(await openSecret(store, early, account)).toEqual(secretOf('a'));
  });
});
