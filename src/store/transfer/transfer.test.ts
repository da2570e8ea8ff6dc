import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { noCounts } from '../jobs.ts';
import { openStore, storeFile } from '../open.ts';
import type { Store } from '../store.ts';
import { days } from '../testing/arbitraries.ts';
import { testPlace } from '../testing/open-test-store.ts';
import { measured } from '../testing/servers.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { copyStore } from './copy-store.ts';
import { sqliteSource, sqliteTarget } from './sqlite-tables.ts';
import type { Row, Table } from './tables.ts';
import { backUp, exportTo, restore } from './transfer.ts';

const serverCount = 2_300;

/** Something in every room of a store. */
async function fill(store: Store): Promise<void> {
  const { inventory, history, accounts, jobs, tasks, schedules, limits, settings, identity } = store;
  const writes = Array.from({ length: serverCount }, (_, at) => ({ record: measured(`i-${at}`, at / 7, 1e-7 * at) }));
  const ids = await inventory.put(writes, 1000);
  const [first = 0] = ids;
  const samples = fc.sample(days(20_000, 20_040), { seed: 4711, numRuns: 60 });
  await history.write(samples.map((sample, at) => ({ resourceId: ids[at] ?? first, days: sample })));
  const draft = { provider: 'aws', account: '123', name: 'gone', regions: [] };
  await accounts.remove((await accounts.add(draft, () => Uint8Array.of(1, 2), 1)).id);
  await accounts.add({ ...draft, name: '한국', regions: ['eu-west-1'] }, () => Uint8Array.of(0, 255, 7), 1);
  await accounts.remove((await accounts.add(draft, () => Uint8Array.of(1), 1)).id);
  const task = { provider: 'aws', account: '123', region: 'r', plannedServers: 1, source: '한국', maxUsd: 0.1 + 0.2 };
  const jobDraft = { demo: false, options: { a: [1] }, plan: {}, planned: noCost, ownerPid: 1 };
  const { job, tasks: made } = await jobs.create({ ...jobDraft, runsOn: 'workers', tasks: [task] }, 1);
  const claim = await tasks.begin(made[0]?.id ?? 0, 'w', 2);
  if (claim !== undefined) await tasks.progress(claim, { counts: noCounts, changes: new Map([[first, 'created']]) });
  const line = {
    account: '1',
    region: 'r',
    api: 'a',
    calls: 2 ** 40,
    retried: 0,
    throttled: 0,
    failed: 0,
    usd: 0.1,
    usdAtMost: 1 / 3,
  };
  await jobs.addToLedger(job.id, [line]);
  await schedules.add({ name: 'nightly', times: { hours: [3] }, timeZone: 'Asia/Seoul', options: {} }, 1);
  await limits.set({ provider: 'aws', tasks: 3 });
  await settings.set('colour', 'blue');
  await identity.addDomain({ id: 'domain-0123456789ab', name: 'corp', createdAt: 1 });
}

/** All that can be asked of a store. */
async function contents(store: Store) {
  const records = await Array.fromAsync(store.inventory.stream());
  const ids = records.flat().map(({ id }) => id);
  const [job] = await store.jobs.list({ limit: 9 });
  return {
    records: records.flat(),
    days: [...(await store.history.read(ids, { from: 0, to: 100_000 }))]
      .toSorted(([a], [b]) => a - b)
      .map(([id, of]) => [id, [...of].toSorted(([a], [b]) => a - b)]),
    accounts: await store.accounts.list(),
    secrets: await Promise.all((await store.accounts.list()).map(({ id }) => store.accounts.sealedSecret(id))),
    job,
    tasks: job && (await store.jobs.get(job.id)).tasks,
    ledger: job && (await store.jobs.ledger(job.id)),
    schedules: await store.schedules.list(),
    limits: await store.limits.list(),
    colour: await store.settings.get('colour'),
    domain: await store.identity.addDomain({ id: 'domain-ba9876543210', name: 'corp', createdAt: 9 }),
  };
}

it('carries all rooms over and back, and interrupts what was under way', async () => {
  const place = await testPlace();
  const store = await openStore(place);
  await fill(store);
  const before = await contents(store);
  const folder = await temporaryFolder();
  const file = join(folder, 'backup.db');
  const copied = await backUp(place, file);
  expect(copied.get('resource')).toBe(serverCount);

  const other = { folder: join(folder, 'other') };
  await restore(file, other);
  const restored = await openStore(other);
  const after = await contents(restored);
  expect(after.job).toMatchObject({ state: 'INTERRUPTED' });
  expect(after.tasks).toMatchObject([{ state: 'PENDING', attempt: 2 }]);
  expect({ ...after, job: undefined, tasks: undefined }).toEqual({ ...before, job: undefined, tasks: undefined });

  // Ids go on where they were, those of removed accounts among them.
  const draft = { provider: 'aws', account: '9', name: 'new', regions: [] };
  const added = await restored.accounts.add(draft, () => Uint8Array.of(1), 1);
  expect(added).toEqual(await store.accounts.add(draft, () => Uint8Array.of(1), 1));
  const [id] = await restored.inventory.put([{ record: measured('new', 1) }], 1);
  expect(before.records.map((record) => record.id)).not.toContain(id);

  // Once more, to a store of the kind that the suite runs on.
  await restored.close();
  const empty = await testPlace();
  if (empty.database === undefined) await restore(file, empty);
  else await exportTo(other, empty.database);
  const third = await openStore(empty);
  expect((await contents(third)).records.length).toBe(empty.database === undefined ? serverCount : serverCount + 1);
  expect((await contents(third)).days).toEqual(before.days);
  await third.close();
  await store.close();
});

it('refuses a target that is not empty, and leaves it as it is', async () => {
  const place = await testPlace();
  const store = await openStore(place);
  await fill(store);
  const file = join(await temporaryFolder(), 'backup.db');
  await backUp(place, file);
  const before = await contents(store);
  await expect(restore(file, place)).rejects.toMatchObject({ code: 'conflict', message: 'the target is not empty' });
  expect(await contents(store)).toEqual(before);
  await store.close();
});

it.each([
  { name: 'a row is lost', spoil: (rows: readonly Row[]) => rows.slice(1) },
  { name: 'a cell changes', spoil: ([first = [], ...rest]: readonly Row[]) => [[...first.slice(0, -1), 7], ...rest] },
])('keeps nothing where $name on the way', async ({ spoil }) => {
  const folder = await temporaryFolder();
  const place = { folder: join(folder, 'from') };
  const store = await openStore(place);
  await fill(store);
  await store.close();
  const source = await sqliteSource(join(place.folder, storeFile));
  const target = await sqliteTarget(join(folder, storeFile));
  const spoiled = {
    ...target,
    write: (table: Table, rows: readonly Row[]) => target.write(table, table.name === 'ledger' ? spoil(rows) : rows),
  };
  await expect(copyStore(source, spoiled)).rejects.toMatchObject({
    code: 'store_failed',
    message: expect.stringContaining('ledger did not arrive as it was'),
  });
  await target.close();
  await source.close();
  const left = await openStore({ folder });
  expect(await left.inventory.count()).toBe(0);
  await left.close();
});

it('never overwrites a file, and leaves none behind where it fails', async () => {
  const place = await testPlace();
  await (await openStore(place)).close();
  const folder = await temporaryFolder();
  const file = join(folder, 'backup.db');
  await backUp(place, file);
  const before = await readFile(file);
  await expect(backUp(place, file)).rejects.toMatchObject({ code: 'conflict', where: file });
  expect(await readFile(file)).toEqual(before);
  await expect(restore(join(folder, 'none'), await testPlace())).rejects.toMatchObject({ code: 'invalid_input' });
});

it('copies a store as it was when it began, whoever writes meanwhile', async () => {
  const place = await testPlace();
  const store = await openStore(place);
  await fill(store);
  const file = join(await temporaryFolder(), 'backup.db');
  const copying = backUp(place, file);
  for (let at = 0; at < 30; at++) {
    await store.transaction(async (tx) => {
      const [id = 0] = await tx.inventory.put([{ record: measured(`late-${at}`, 1) }], 1);
      await tx.history.write([{ resourceId: id, days: new Map([[1, new Map()]]) }]);
    });
  }
  const copied = await copying;
  const late = (copied.get('resource') ?? 0) - serverCount;
  expect(copied.get('resource_doc')).toBe(copied.get('resource'));
  const restored = { folder: await temporaryFolder() };
  await restore(file, restored);
  const other = await openStore(restored);
  const pages = await Array.fromAsync(other.inventory.stream({ search: 'late-' }));
  const ids = pages.flat().map(({ id }) => id);
  expect(ids.length).toBe(late);
  expect((await other.history.read(ids, { from: 0, to: 2 })).size).toBe(late);
  await other.close();
  await store.close();
});
