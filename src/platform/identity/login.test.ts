import { describe, expect, it } from 'vitest';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { homeDomain } from './domain.ts';
import { signIn } from './login.ts';
import { countAttempt, networkOf } from './login-limits.ts';
import { hashPassword } from './password.ts';
import { addUser, changeUser } from './users.ts';

const password = 'correct horse battery';
const name = 'ann@corp.example';

async function withAnn() {
  const store = await openTestStore();
  const { id: domain } = await homeDomain(store, 1);
  const ann = await addUser(store, { domain, kind: 'PERSON', name, role: 'admin', password }, 1);
  return { store, domain, ann, attempt: { domain, name, address: '192.0.2.1' } };
}

const refusal = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    ({ code, message, where, fix }) => ({ code, message, where, fix }),
  );

/** Tries and tries, each time as soon as it may. @returns the waits that were asked for, in seconds */
async function bruteForce(store: Store, attempt: Parameters<typeof countAttempt>[1], tries: number): Promise<number[]> {
  const waits: number[] = [];
  for (let now = 1_000_000, done = 0; done < tries; ) {
    const error = await countAttempt(store, attempt, now).catch((caught: unknown) => caught);
    if (error === undefined) {
      done++;
      continue;
    }
    const waitMs = Number(Reflect.get(Object(error), 'retryAfterMs'));
    waits.push(waitMs / 1000);
    now += waitMs;
  }
  return waits;
}

describe('signing in', () => {
  it('takes email and password', async () => {
    const { store, attempt, ann } = await withAnn();
    const user = await signIn(store, { ...attempt, name: 'ANN@corp.example', password }, 5000);
    expect(user).toMatchObject({ id: ann.id, lastLoginAt: 5000 });
  });

  it('tells nobody what was wrong', async () => {
    const { store, attempt, ann, domain } = await withAnn();
    await addUser(store, { domain, kind: 'PERSON', name: 'ben@corp.example', role: 'admin' }, 1);
    await addUser(store, { domain, kind: 'SERVICE', name: 'ci', role: 'admin' }, 1);
    const refused = [await refusal(signIn(store, { ...attempt, password: 'wrong' }, 1))];
    for (const other of ['nobody@corp.example', 'ben@corp.example', 'ci', '']) {
      refused.push(await refusal(signIn(store, { ...attempt, name: other, password }, 1)));
    }
    await changeUser(store, ann.id, { state: 'DISABLED' });
    refused.push(await refusal(signIn(store, { ...attempt, password }, 1)));
    expect(new Set(refused.map((error) => JSON.stringify(error))).size).toBe(1);
    expect(refused[0]).toMatchObject({ code: 'secret_rejected', message: 'email or password are wrong' });
  });

  it('hashes anew where the cost has changed', async () => {
    const { store, attempt, ann } = await withAnn();
    const { argon2id } = await import('hash-wasm');
    const cheap = await argon2id({
      password,
      salt: new Uint8Array(16),
      parallelism: 1,
      iterations: 1,
      memorySize: 64,
      hashLength: 32,
      outputType: 'encoded',
    });
    await store.identity.changeUser(ann.id, { password: cheap });
    await signIn(store, { ...attempt, password }, 1);
    expect((await hashPassword('x')).slice(0, 30)).toBe((await store.identity.passwordOf(ann.id))?.slice(0, 30));
    await signIn(store, { ...attempt, password }, 1);
  });

  it('starts anew after success, and lets an address be many people', async () => {
    const { store, attempt } = await withAnn();
    for (let round = 0; round < 4; round++) await refusal(signIn(store, { ...attempt, password: 'wrong' }, 1));
    await signIn(store, { ...attempt, password }, 1);
    for (let round = 0; round < 5; round++) {
      expect(await refusal(signIn(store, { ...attempt, password: 'wrong' }, 1))).toMatchObject({
        code: 'secret_rejected',
      });
    }
    expect(await refusal(signIn(store, { ...attempt, password }, 1))).toMatchObject({ code: 'rate_limited' });
  });
});

describe('brute force', () => {
  it.each(['ann@corp.example', 'nobody@corp.example'])('on %s waits twice as long each time', async (victim) => {
    const { store, attempt } = await withAnn();
    const waits = await bruteForce(store, { ...attempt, name: victim }, 18);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  it('gets no further from many addresses, nor with many at once', async () => {
    const { store, attempt } = await withAnn();
    const all = await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) => countAttempt(store, { ...attempt, address: `192.0.2.${at}` }, 1000)),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  it('of many accounts from one address waits too', async () => {
    const { store, attempt } = await withAnn();
    const all = await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) => countAttempt(store, { ...attempt, name: `user-${at}@corp.example` }, 1000)),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  });

  it('is forgotten after a day, and a clock that is set back keeps nobody out for longer', async () => {
    const { store, attempt } = await withAnn();
    const now = 1e12;
    for (let round = 0; round < 5; round++) await countAttempt(store, attempt, now);
    await expect(countAttempt(store, attempt, now)).rejects.toMatchObject({ retryAfterMs: 1000 });
    await expect(countAttempt(store, attempt, now - 1e10)).rejects.toMatchObject({ retryAfterMs: 1000 });
    await countAttempt(store, attempt, now + 86_400_000);
  });

  it.each([
    { address: '192.0.2.7', network: '192.0.2.7' },
    { address: '::ffff:192.0.2.7', network: '192.0.2.7' },
    { address: '2001:db8:1:2:3:4:5:6', network: '2001:db8:1:2::/64' },
    { address: '2001:db8:1:2::9', network: '2001:db8:1:2::/64' },
    { address: '2001:0DB8::1', network: '2001:db8:0:0::/64' },
    { address: 'fe80::1%eth0', network: 'fe80:0:0:0::/64' },
    { address: '::1', network: '0:0:0:0::/64' },
    { address: 'nonsense', network: 'unknown' },
  ])('counts $address with $network', ({ address, network }) => {
    expect(networkOf(address)).toBe(network);
  });
});
