import { expect, it } from 'vitest';
import type { Decision } from './rightsizing.ts';
import { openTestStore } from './testing/open-test-store.ts';
import { server } from './testing/servers.ts';

const accepted: Decision = { state: 'accepted', verdict: 'oversized', target: 'm7i.large', by: 'ann', at: 1000 };

async function storeOf(...names: string[]) {
  const store = await openTestStore();
  const ids = await store.inventory.put(
    names.map((name) => ({ record: server(name) })),
    1,
  );
  return { store, ids };
}

it('keeps the newest decision on each server', async () => {
  const { store, ids } = await storeOf('a', 'b', 'c');
  const [a = 0, b = 0, c = 0] = ids;
  const snoozed: Decision = {
    state: 'snoozed',
    verdict: 'idle',
    by: 'ben',
    at: 2000,
    until: 9000,
    note: 'Black Friday',
  };
  await store.rightsizing.decide(
    new Map([
      [a, accepted],
      [b, accepted],
    ]),
  );
  await store.rightsizing.decide(new Map([[b, snoozed]]));
  expect(await store.rightsizing.decisions([a, b, c, 99])).toEqual(
    new Map([
      [a, accepted],
      [b, snoozed],
    ]),
  );
  expect(await store.rightsizing.decisions([])).toEqual(new Map());
});

it('verifies only what was accepted, once', async () => {
  const { store, ids } = await storeOf('a', 'b');
  const [a = 0, b = 0] = ids;
  const dismissed: Decision = { state: 'dismissed', verdict: 'idle', by: 'ben', at: 1, note: 'standby' };
  await store.rightsizing.decide(
    new Map([
      [a, accepted],
      [b, dismissed],
    ]),
  );
  await store.rightsizing.verify(ids, 5000);
  await store.rightsizing.verify(ids, 6000);
  const decisions = await store.rightsizing.decisions(ids);
  expect(decisions.get(a)).toEqual({ ...accepted, state: 'verified', verifiedAt: 5000 });
  expect(decisions.get(b)).toEqual(dismissed);
});

it('decides on all servers or on none', async () => {
  const { store, ids } = await storeOf('a');
  await expect(store.rightsizing.decide(new Map([...ids, 99].map((id) => [id, accepted])))).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(await store.rightsizing.decisions(ids)).toEqual(new Map());
});
