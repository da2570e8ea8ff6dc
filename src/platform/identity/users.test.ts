import { describe, expect, it } from 'vitest';
import type { Role } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { homeDomain } from './domain.ts';
import { openSession, readSession } from './sessions.ts';
import { addUser, changeUser, findUser, setPassword } from './users.ts';

const password = 'correct horse battery';

async function person(store: Store, name: string, role: Role) {
  const { id: domain } = await homeDomain(store, 1);
  return addUser(store, { domain, kind: 'PERSON', name, role }, 1000);
}

describe('users', () => {
  it('begin with an admin who is a person', async () => {
    const store = await openTestStore();
    const { id: domain } = await homeDomain(store, 1);
    const first = { domain, name: 'ann@corp.example' } as const;
    await expect(addUser(store, { ...first, kind: 'PERSON', role: 'operator' }, 1)).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(addUser(store, { domain, name: 'ci', kind: 'SERVICE', role: 'admin' }, 1)).rejects.toMatchObject({
      code: 'conflict',
    });
    const ann = await addUser(
      store,
      { ...first, name: 'Ann@Corp.Example', kind: 'PERSON', role: 'admin', password },
      1,
    );
    expect(ann).toMatchObject({ name: 'ann@corp.example', hasPassword: true, state: 'ENABLED' });
    expect(await findUser(store, domain, 'ANN@corp.example')).toEqual(ann);
    expect(await addUser(store, { domain, name: 'ci', kind: 'SERVICE', role: 'viewer' }, 1)).toMatchObject({
      kind: 'SERVICE',
    });
  });

  it.each([
    { name: 'no email', kind: 'PERSON', password },
    { name: 'ann@corp.example', kind: 'PERSON', password: 'short' },
    { name: 'long-name@corp.example', kind: 'PERSON', password: 'Long-Name@corp.example' },
    { name: 'Not A Name', kind: 'SERVICE', password: undefined },
    { name: 'ci', kind: 'SERVICE', password },
  ] as const)('are refused as $kind $name with $password, and the error does not say the password', async (draft) => {
    const store = await openTestStore();
    await person(store, 'admin@corp.example', 'admin');
    const { id: domain } = await homeDomain(store, 1);
    const { password: given, ...rest } = draft;
    const added = addUser(
      store,
      { ...rest, domain, role: 'admin', ...(given === undefined ? {} : { password: given }) },
      1,
    );
    const error = await added.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'invalid_input' });
    if (given !== undefined && given.toLowerCase() !== draft.name) expect(String(error)).not.toContain(given);
  });

  it('keep an admin who can sign in', async () => {
    const store = await openTestStore();
    const ann = await person(store, 'ann@corp.example', 'admin');
    await expect(changeUser(store, ann.id, { state: 'DISABLED' })).rejects.toThrow('no admin would be left');
    await expect(changeUser(store, ann.id, { role: 'viewer' })).rejects.toThrow('no admin would be left');
    expect(await store.identity.user(ann.id)).toMatchObject({ role: 'admin', state: 'ENABLED' });
    await person(store, 'ben@corp.example', 'admin');
    expect(await changeUser(store, ann.id, { role: 'viewer' })).toMatchObject({ role: 'viewer' });
  });

  it('lose their sessions with their state, and with their password', async () => {
    const store = await openTestStore();
    await person(store, 'ann@corp.example', 'admin');
    const ben = await person(store, 'ben@corp.example', 'viewer');
    const first = await openSession(store, ben, 1000);
    await setPassword(store, ben.id, password);
    expect(await readSession(store, first, 1000)).toBeUndefined();
    const second = await openSession(store, ben, 1000);
    await changeUser(store, ben.id, { state: 'DISABLED' });
    await changeUser(store, ben.id, { state: 'ENABLED' });
    expect(await readSession(store, second, 1000)).toBeUndefined();
  });

  it('have one domain between processes that start at once', async () => {
    const store = await openTestStore();
    const domains = await Promise.all([homeDomain(store, 1), homeDomain(store, 2)]);
    expect(domains[0].id).toBe(domains[1].id);
  });
});
