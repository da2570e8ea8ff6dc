import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from './store.ts';
import { openTestStore } from './testing/open-test-store.ts';

let store: Store;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

const ann = { owner: 'user-1', ownerName: 'ann', wish: { kind: 'servers' } };
const bob = { owner: 'user-2', ownerName: 'bob', wish: { kind: 'metrics' } };
const halfway = { done: 5, total: 10, rows: 7 };
const bytes = (text: string) => new TextEncoder().encode(text);

async function claimed(now = 10) {
  const file = await store.exports.claim(now, 0);
  if (file === undefined) throw new Error('there is nothing to do');
  return file;
}

it('hands files out one after the other, oldest first, each once', async () => {
  const { exports } = store;
  const [first, second] = [await exports.add(ann, 1), await exports.add(bob, 2)];
  const taken = await Promise.all([exports.claim(10, 0), exports.claim(10, 0)]);
  const both = [...taken, await exports.claim(10, 0), await exports.claim(10, 0)].flatMap((file) => file?.id ?? []);
  expect(both.toSorted()).toEqual([first.id, second.id]);
  expect(await exports.get(first.id)).toMatchObject({
    ...ann,
    state: 'RUNNING',
    attempt: 1,
    broken: 0,
    total: null,
    startedAt: 10,
  });
});

it('keeps the bytes of the last attempt alone', async () => {
  const { exports } = store;
  await exports.add(ann, 1);
  const first = await claimed();
  expect(await exports.append(first, halfway, 11, { at: 0, bytes: bytes('half') })).toBe(true);
  expect(await exports.claim(12, 10)).toBeUndefined();
  const second = await exports.claim(20, 11);
  expect(second).toMatchObject({ id: first.id, attempt: 2, broken: 1, bytes: 0, done: 0 });
  // Who was thought dead comes back, and is told to stop.
  expect(await exports.append(first, halfway, 21, { at: 1, bytes: bytes('late') })).toBe(false);
  await exports.finish(first, 21, 99);
  if (second === undefined) throw new Error('it was not taken over');
  await exports.append(second, halfway, 22, { at: 0, bytes: bytes('whole') });
  await exports.append(second, { ...halfway, done: 10 }, 23);
  await exports.finish(second, 24, 99);
  await exports.sweep(25);
  expect(await exports.get(first.id)).toMatchObject({ state: 'READY', bytes: 5, rows: 7, done: 10, expiresAt: 99 });
  expect(await exports.chunk(first, 0)).toBeUndefined();
  expect(new TextDecoder().decode(await exports.chunk(second, 0))).toBe('whole');
});

it('begins anew what was left, and counts it as no break', async () => {
  const { exports } = store;
  await exports.add(ann, 1);
  const file = await claimed();
  await exports.append(file, halfway, 11, { at: 0, bytes: bytes('half') });
  await exports.release(file);
  expect(await exports.get(file.id)).toMatchObject({ state: 'WAITING', bytes: 0, done: 0 });
  expect(await claimed()).toMatchObject({ attempt: 2, broken: 0 });
});

it('says why there is no file', async () => {
  const { exports } = store;
  await exports.add(ann, 1);
  const file = await claimed();
  await exports.append(file, halfway, 11, { at: 0, bytes: bytes('half') });
  const error = { code: 'conflict' as const, message: 'too large', fix: 'narrow it' };
  await exports.finish(file, 12, 99, error);
  expect(await exports.get(file.id)).toMatchObject({ state: 'FAILED', error, bytes: 0, finishedAt: 12 });
});

describe('what is not wanted any more', () => {
  it('is canceled while it is made, and has no bytes', async () => {
    const { exports } = store;
    await exports.add(ann, 1);
    const file = await claimed();
    await exports.append(file, halfway, 11, { at: 0, bytes: bytes('half') });
    expect(await exports.cancel(file.id, 12, 99)).toMatchObject({ state: 'CANCELED', bytes: 0, expiresAt: 99 });
    expect(await exports.append(file, halfway, 13)).toBe(false);
    await exports.sweep(14);
    expect(await exports.chunk(file, 0)).toBeUndefined();
    await expect(exports.cancel(999, 12, 99)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is gone at once when it is removed, and when it expires', async () => {
    const { exports } = store;
    for (const draft of [ann, bob]) {
      await exports.add(draft, 1);
      const file = await claimed();
      for (let at = 0; at < 70; at++) await exports.append(file, halfway, 11, { at, bytes: bytes('x') });
      await exports.finish(file, 12, 99);
    }
    const [newer, older] = await exports.list({ limit: 9 });
    if (newer === undefined || older === undefined) throw new Error('there are two');
    await exports.remove(older.id);
    expect(await exports.get(older.id)).toBeUndefined();
    await expect(exports.remove(older.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await exports.sweep(98)).toBe(0);
    expect(await exports.chunk(older, 69)).toBeUndefined();
    expect(await exports.chunk(newer, 69)).toBeDefined();
    expect(await exports.sweep(99)).toBe(1);
    expect(await exports.chunk(newer, 0)).toBeUndefined();
    expect(await exports.list({ limit: 9 })).toEqual([]);
  });
});

it('lists and counts by owner, newest first', async () => {
  const { exports } = store;
  for (const draft of [ann, bob, ann]) await exports.add(draft, 1);
  const file = await claimed();
  await exports.append(file, halfway, 11, { at: 0, bytes: bytes('half') });
  await exports.finish(file, 12, 99);
  const own = await exports.list({ owner: 'user-1', limit: 9 });
  expect(own.map(({ ownerName }) => ownerName)).toEqual(['ann', 'ann']);
  const [newest] = own;
  expect(await exports.list({ owner: 'user-1', before: newest?.id ?? 0, limit: 9 })).toEqual(own.slice(1));
  expect(await exports.usage('user-1')).toEqual({ files: 2, open: 1, bytes: 4 });
  expect(await exports.usage()).toEqual({ files: 3, open: 2, bytes: 4 });
  expect(await exports.usage('user-3')).toEqual({ files: 0, open: 0, bytes: 0 });
});
