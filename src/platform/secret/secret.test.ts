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
import { MasterKey, masterKey } from './master-key.ts';
import { seal, unseal } from './seal.ts';

const key = (fill: number) => new MasterKey(new Uint8Array(32).fill(fill));
const draft = { provider: 'aws', account: '123', name: 'prod', regions: [] };
const plain = 'wJalrXUtnFEMI-K7MDENG';
const secret = { accessKeyId: 'AKIAIOSFODNN7', secretAccessKey: plain };

describe('sealed secrets', () => {
  it('open again for the same owner and key', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, binding) => {
        expect(unseal(seal(text, binding, key(1)), binding, key(1))).toBe(text.toWellFormed());
      }),
    ));

  it('open for nobody else', () => {
    const sealed = seal(plain, 'account 1', key(1));
    expect(() => unseal(sealed, 'account 2', key(1))).toThrow('belongs to another account');
    expect(() => unseal(sealed, 'account 1', key(2))).toThrow(
      `sealed with another master key (id ${key(1).id}, not ${key(2).id})`,
    );
  });

  it('do not open when any byte was changed', () => {
    const sealed = seal(plain, 'account 1', key(1));
    for (const index of sealed.keys()) {
      const changed = Uint8Array.from(sealed, (byte, at) => (at === index ? byte ^ 1 : byte));
      expect(() => unseal(changed, 'account 1', key(1))).toThrow(expect.objectContaining({ code: 'secret_rejected' }));
      expect(() => unseal(sealed.subarray(0, index), 'account 1', key(1))).toThrow();
    }
  });

  it('differ each time', () => {
    expect(seal(plain, 'a', key(1))).not.toEqual(seal(plain, 'a', key(1)));
  });
});

describe('master key', () => {
  it('comes from the environment', async () => {
    const env = { FLEETGAUGE_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };
    expect((await masterKey({ folder: '/nowhere', env })).id).toBe(key(1).id);
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
    const account = await addAccount(store, key(1), draft, secret, 1000);
    expect(await openSecret(store, key(1), account)).toEqual(secret);
    await expect(openSecret(store, key(2), account)).rejects.toMatchObject({ code: 'secret_rejected' });
  });

  it('do not open with the sealed secret of another', async () => {
    const store = await openTestStore();
    const first = await addAccount(store, key(1), draft, secret, 1000);
    const stolen = await store.accounts.sealedSecret(first.id);
    const second = await store.accounts.add({ ...draft, name: 'thief' }, () => stolen, 1000);
    await expect(openSecret(store, key(1), second)).rejects.toMatchObject({ code: 'secret_rejected' });
  });

  it('show their secret nowhere: not in lists, errors, logs or files', async () => {
    const folder = await temporaryFolder();
    const store = await openStore({ folder });
    const ours = await masterKey({ folder, env: {} });
    const account = await addAccount(store, ours, draft, secret, 1000);
    const shown: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line) => shown.push(line) });
    const errors = await Promise.all([
      openSecret(store, key(2), account).catch((caught: unknown) => caught),
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
    const keyText = Buffer.from(ours.bytes).toString('base64');
    expect(shown.filter((text) => text.includes(plain) || text.includes(keyText))).toEqual([]);
    expect(errors.every((error) => error instanceof Error)).toBe(true);
  });
});
