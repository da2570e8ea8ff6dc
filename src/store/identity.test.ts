import { describe, expect, it } from 'vitest';
import type { UserDraft } from './identity.ts';
import type { Store } from './store.ts';
import { openTestStore } from './testing/open-test-store.ts';

const home = { id: 'domain-1', name: 'home', createdAt: 1 };
const ann: UserDraft = { id: 'user-1', domain: home.id, kind: 'PERSON', name: 'ann@corp.example', role: 'admin' };

async function withAnn(): Promise<Store> {
  const store = await openTestStore();
  await store.identity.addDomain(home);
  await store.identity.addUser(ann, 1000);
  return store;
}

const hash = (fill: number) => new Uint8Array(32).fill(fill);

describe('domains', () => {
  it('are made once, whoever comes first', async () => {
    const { identity } = await openTestStore();
    const made = await Promise.all([home, { ...home, id: 'domain-2' }].map((domain) => identity.addDomain(domain)));
    expect(made[0]).toEqual(made[1]);
  });
});

describe('users', () => {
  it('are found by id, by name and by who they are elsewhere', async () => {
    const { identity } = await withAnn();
    const external = { issuer: 'https://issuer.example', subject: '42' };
    const user = { ...ann, state: 'ENABLED', hasPassword: false, createdAt: 1000 };
    expect(await identity.user(ann.id)).toEqual(user);
    expect(await identity.userNamed(home.id, ann.name)).toEqual(user);
    expect(await identity.userNamed('domain-2', ann.name)).toBeUndefined();
    expect(await identity.userOf(home.id, external)).toBeUndefined();
    const changed = await identity.changeUser(ann.id, { external, password: 'hash', role: 'viewer', lastLoginAt: 5 });
    expect(changed).toEqual({ ...user, external, hasPassword: true, role: 'viewer', lastLoginAt: 5 });
    expect(await identity.userOf(home.id, external)).toEqual(changed);
    expect(await identity.passwordOf(ann.id)).toBe('hash');
  });

  it('have a name of their own in a domain, and one in each', async () => {
    const { identity } = await withAnn();
    await expect(identity.addUser({ ...ann, id: 'user-2' }, 1)).rejects.toMatchObject({ code: 'conflict' });
    await identity.addDomain({ ...home, id: 'domain-2', name: 'other' });
    await identity.addUser({ ...ann, id: 'user-2', domain: 'domain-2' }, 1);
    expect((await identity.users(home.id)).map(({ id }) => id)).toEqual(['user-1']);
  });

  it('are known to be there', async () => {
    const { identity } = await openTestStore();
    expect(await identity.hasUsers()).toBe(false);
    await expect(identity.changeUser('user-9', { role: 'admin' })).rejects.toMatchObject({ code: 'not_found' });
    expect(await (await withAnn()).identity.hasUsers()).toBe(true);
  });
});

describe('sessions and API keys', () => {
  it('end by name, by owner and by age', async () => {
    const { identity } = await withAnn();
    for (const [at, fill] of [1, 2, 3, 4].entries()) await identity.addSession(hash(fill), ann.id, at * 100);
    await identity.touchSession(hash(1), 900);
    await identity.removeSession(hash(2));
    await identity.removeSessionsBefore({ createdAt: 0, lastSeenAt: 250 });
    const left = await Promise.all([1, 2, 3, 4].map((fill) => identity.session(hash(fill))));
    expect(left).toEqual([
      { owner: ann.id, createdAt: 0, lastSeenAt: 900 },
      undefined,
      undefined,
      { owner: ann.id, createdAt: 300, lastSeenAt: 300 },
    ]);
    await identity.removeSessionsBefore({ createdAt: 100, lastSeenAt: 0 });
    expect(await identity.session(hash(1))).toBeUndefined();
    await identity.removeSessionsOf(ann.id);
    expect(await identity.session(hash(4))).toBeUndefined();
  });

  it('keep the hash of a key apart from what is shown of it', async () => {
    const { identity } = await withAnn();
    const draft = { id: 'key-1', owner: ann.id, name: 'ci', form: 'OPAQUE', expiresAt: 9000 } as const;
    const key = await identity.addApiKey(draft, hash(7), 1000);
    expect(key).toEqual({ ...draft, createdAt: 1000 });
    await identity.touchApiKey(key.id, 2000);
    expect(await identity.apiKey(key.id)).toEqual({ key: { ...key, lastUsedAt: 2000 }, hash: hash(7) });
    expect(await identity.apiKeys(ann.id)).toEqual([{ ...key, lastUsedAt: 2000 }]);
    await identity.removeApiKey(key.id);
    expect(await identity.apiKey(key.id)).toBeUndefined();
    await expect(identity.removeApiKey(key.id)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('signing keys', () => {
  it('lose their private part when they retire', async () => {
    const { identity } = await withAnn();
    const key = { id: 'kid-1', domain: home.id, publicJwk: '{}', createdAt: 1 };
    await identity.addSigningKey(key, hash(1));
    await identity.addSigningKey({ ...key, id: 'kid-2', createdAt: 2 }, hash(2));
    expect(await identity.sealedSigningKey('kid-1')).toEqual(hash(1));
    await identity.retireSigningKeys(home.id, 'kid-2', 50);
    expect(await identity.signingKeys(home.id)).toMatchObject([{ id: 'kid-2' }, { id: 'kid-1', retiredAt: 50 }]);
    expect(await identity.sealedSigningKey('kid-1')).toBeUndefined();
    await identity.removeRetiredSigningKeys(home.id);
    expect((await identity.signingKeys(home.id)).map(({ id }) => id)).toEqual(['kid-2']);
  });
});

describe('login attempts', () => {
  it('are counted one after the other, however many come at once', async () => {
    const { identity } = await openTestStore();
    const add = () =>
      identity.changeLoginAttempts('ann', (known) => ({ count: (known?.count ?? 0) + 1, lastAt: known?.count ?? 0 }));
    await Promise.all(Array.from({ length: 20 }, add));
    let seen: unknown;
    await identity.changeLoginAttempts('ann', (known) => {
      seen = known;
      return undefined;
    });
    expect(seen).toEqual({ count: 20, lastAt: 19 });
  });

  it('stay as they were where the change throws, and go when they are old', async () => {
    const { identity } = await openTestStore();
    await identity.changeLoginAttempts('ann', () => ({ count: 1, lastAt: 10 }));
    const refuse = () => {
      throw new Error('no');
    };
    await expect(identity.changeLoginAttempts('ann', refuse)).rejects.toThrow('no');
    const seen: unknown[] = [];
    const look = () =>
      identity.changeLoginAttempts('ann', (known) => {
        seen.push(known);
        return known;
      });
    await look();
    await identity.removeLoginAttemptsBefore(11);
    await look();
    expect(seen).toEqual([{ count: 1, lastAt: 10 }, undefined]);
  });
});

describe('sealed values', () => {
  it('are listed page by page, and replaced only where they are still the same', async () => {
    const { identity, accounts, sealed } = await withAnn();
    const draft = { provider: 'aws', account: '1', regions: [] };
    for (const name of ['a', 'b', 'c']) await accounts.add({ ...draft, name }, (id) => hash(id), 1);
    await identity.addSigningKey({ id: 'kid-1', domain: home.id, publicJwk: '{}', createdAt: 1 }, hash(9));
    const first = await sealed.page('account', { limit: 2 });
    expect(first.map(({ id }) => id)).toEqual(['1', '2']);
    expect(await sealed.page('account', { after: '2', limit: 2 })).toEqual([
      { place: 'account', id: '3', sealed: hash(3) },
    ]);
    const [key] = await sealed.page('signing_key', { limit: 2 });
    expect(key).toEqual({ place: 'signing_key', id: 'kid-1', sealed: hash(9) });
    for (const value of [...first.slice(0, 1), ...(key === undefined ? [] : [key])]) {
      expect(await sealed.replace(value, hash(100))).toBe(true);
      expect(await sealed.replace(value, hash(101))).toBe(false);
    }
    expect(await accounts.sealedSecret(1)).toEqual(hash(100));
    expect(await identity.sealedSigningKey('kid-1')).toEqual(hash(100));
  });
});
