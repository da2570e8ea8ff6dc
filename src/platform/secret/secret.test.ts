import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { openStore } from '#store/open.ts';
import { startChild } from '#store/testing/child.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { addAccount, openSecret } from './accounts.ts';
import { firstFormat, keyOf, localKey } from './master-key.fixture.ts';
import { type MasterKey, masterKey } from './master-key.ts';
import { newEnvelope, unseal } from './seal.ts';

const key = await keyOf(1);
const otherKey = await keyOf(2);
const seal = async (text: string, binding: string, by: MasterKey) => (await newEnvelope(by)).seal(text, binding);
const draft = { provider: 'aws', account: '123', name: 'prod', regions: [] };
const plain = 'wJalrXUtnFEMI-K7MDENG';
const secret = { accessKeyId: 'AKIAIOSFODNN7', secretAccessKey: plain };

describe('sealed secrets', () => {
  it('open again for the same owner and key', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (text, binding) => {
        expect(await unseal(await seal(text, binding, key), binding, key)).toBe(text.toWellFormed());
      }),
    ));

  it('open for nobody else', async () => {
    const sealed = await seal(plain, 'account 1', key);
    await expect(unseal(sealed, 'account 2', key)).rejects.toThrow('belongs to something else');
    await expect(unseal(sealed, 'account 1', otherKey)).rejects.toThrow(
      `sealed with another master key (id ${key.id}, not ${otherKey.id})`,
    );
  });

  it('do not open when any byte was changed', async () => {
    const sealed = await seal(plain, 'account 1', key);
    for (const index of sealed.keys()) {
      const changed = Uint8Array.from(sealed, (byte, at) => (at === index ? byte ^ 1 : byte));
      const opened = [unseal(changed, 'account 1', key), unseal(sealed.subarray(0, index), 'account 1', key)];
      for (const one of opened) await expect(one).rejects.toMatchObject({ code: 'secret_rejected' });
    }
  });

  it('differ each time', async () => {
    expect(await seal(plain, 'a', key)).not.toEqual(await seal(plain, 'a', key));
  });

  it('of the first format still open', async () => {
    expect(await unseal(firstFormat, 'account 1: aws 123', key)).toBe('{"accessKeyId":"AKIAIOSFODNN7"}');
    await expect(unseal(firstFormat, 'account 2: aws 123', key)).rejects.toMatchObject({ code: 'secret_rejected' });
  });
});

describe('master key', () => {
  it('comes from the environment', async () => {
    const env = { FLEETGAUGE_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };
    expect((await masterKey({ folder: '/nowhere', env })).id).toBe(key.id);
  });

  it('comes from the environment in versions, and after them those of the folder', async () => {
    const folder = await temporaryFolder();
    const { id } = await masterKey({ folder, env: {} });
    const given = [3, 1].map((fill) => Buffer.alloc(32, fill).toString('base64')).join(', ');
    const ring = await masterKey({ folder, env: { FLEETGAUGE_MASTER_KEY: given } });
    expect((await ring.newest()).id).toBe(localKey(3).id);
    for (const known of [key.id, id]) expect((await ring.version(known))?.id).toBe(known);
    expect(await ring.version(otherKey.id)).toBeUndefined();
  });

  it.each(['c2hvcnQ=', 'not base64 at all, is it?'])('is refused as %s', async (text) => {
    await expect(masterKey({ folder: '/nowhere', env: { FLEETGAUGE_MASTER_KEY: text } })).rejects.toMatchObject({
      code: 'invalid_input',
      where: 'FLEETGAUGE_MASTER_KEY',
      fix: 'Make one with: openssl rand -base64 32',
    });
  });

  it('is made once, for its owner alone, by processes that start at once', async () => {
    const folder = join(await temporaryFolder(), 'new');
    const script = new URL('testing/make-key.ts', import.meta.url);
    const children = Array.from({ length: 4 }, () => startChild(script, folder));
    await Promise.all(children.map((child) => child.ended));
    const { id } = await masterKey({ folder, env: {} });
    expect(children.map((child) => child.lines)).toEqual(children.map(() => [id]));
    expect((await stat(join(folder, 'master.key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['master.key']);
  });

  it('is refused where others can read it', async () => {
    const folder = await temporaryFolder();
    await masterKey({ folder, env: {} });
    const path = join(folder, 'master.key');
    await chmod(path, 0o644);
    await expect(masterKey({ folder, env: {} })).rejects.toMatchObject({
      code: 'access_denied',
      fix: `chmod 600 ${path}`,
    });
    await chmod(path, 0o600);
    await writeFile(path, 'damaged');
    await expect(masterKey({ folder, env: {} })).rejects.toMatchObject({ code: 'invalid_input', where: path });
  });
});

describe('accounts', () => {
  it('give back the secret that they were added with', async () => {
    const store = await openTestStore();
    const account = await addAccount(store, key, draft, secret, 1000);
    expect(await openSecret(store, key, account)).toEqual(secret);
    await expect(openSecret(store, otherKey, account)).rejects.toMatchObject({ code: 'secret_rejected' });
  });

  it('do not open with the sealed secret of another', async () => {
    const store = await openTestStore();
    const first = await addAccount(store, key, draft, secret, 1000);
    const stolen = await store.accounts.sealedSecret(first.id);
    const second = await store.accounts.add({ ...draft, name: 'thief' }, () => stolen, 1000);
    await expect(openSecret(store, key, second)).rejects.toMatchObject({ code: 'secret_rejected' });
  });

  it('show their secret nowhere: not in lists, errors, logs or files', async () => {
    const folder = await temporaryFolder();
    const store = await openStore({ folder });
    const ours = await masterKey({ folder, env: {} });
    const account = await addAccount(store, ours, draft, secret, 1000);
    const shown: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line) => shown.push(line) });
    const errors = await Promise.all([
      openSecret(store, otherKey, account).catch((caught: unknown) => caught),
      openSecret(store, ours, { ...account, id: 99 }).catch((caught: unknown) => caught),
      openSecret(store, ours, { ...account, account: '9' }).catch((caught: unknown) => caught),
      addAccount(store, ours, draft, secret, 1000).catch((caught: unknown) => caught),
    ]);
    for (const value of [account, await store.accounts.list(), ours, ...errors]) {
      log.info({ value, err: value }, 'shown');
      shown.push(inspect(value, { depth: 10, showHidden: true }), String(JSON.stringify(value)));
    }
    await store.close();
    for (const name of await readdir(folder)) {
      if (name !== 'master.key') shown.push(await readFile(join(folder, name), 'latin1'));
    }
    const keyText = (await readFile(join(folder, 'master.key'), 'utf8')).trim();
    expect(shown.filter((text) => text.includes(plain) || text.includes(keyText))).toEqual([]);
    expect(errors.every((error) => error instanceof Error)).toBe(true);
  });
});
