import { describe, expect, it, onTestFinished } from 'vitest';
import { readProblems } from '#platform/health/problems.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { account, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { startCloud as startGoogle } from '#providers/google_cloud/testing-fleet.fixture.ts';
import type { InventoryStore } from '#store/inventory.ts';
import type { Job } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { server } from '#store/testing/servers.ts';
import { mostSelected, RunOptions } from './options.ts';
import { selectionOf } from './selection.ts';
import { planJob, retryJob } from './start-job.ts';
import { openWorkshop, type Workshop } from './workshop.fixture.ts';

const dayMs = 86_400_000;
const cpu = { accounts: [], metrics: ['cpu.utilization'], days: 2 };

/** What the inventory has, by region. */
async function known(store: Store) {
  const { rows } = await store.inventory.list({ limit: 100, sort: { by: 'name' } });
  return Map.groupBy(rows, ({ record }) => record.region_code);
}

/** A workshop whose servers have been read once, for one day: a run of two days asks for the other. */
async function openKnown(): Promise<Workshop> {
  const shop = await openWorkshop();
  await shop.work((await shop.startJob({ ...cpu, days: 1 })).id);
  return shop;
}

async function pick(store: Store, region: string, count: number): Promise<number[]> {
  return ((await known(store)).get(region) ?? []).slice(0, count).map(({ id }) => id);
}

/** Adds one to the inventory that the cloud has not got. */
async function putGone({ store }: Workshop, id: string, place: { account: string; region_code?: string }) {
  const [gone = 0] = await store.inventory.put(
    [{ record: server(id, { region_code: 'us-east-1', ...place }) }],
    worldNow,
  );
  return gone;
}

const keys = { accessKeyId: 'AKIADEMOSECOND000004', secretAccessKey: 'demoSecondSecretThatOpensNothing0000004' };
const second = { ...account, ...keys, id: '400000000004', name: 'second', regions: { 'us-east-1': 2 } };

/** Two accounts whose servers are known, and one server of an account that nothing opens. */
async function openTwo() {
  const shop = await openWorkshop({ accounts: [{ ...account, regions: { 'us-east-1': 2 } }, second] });
  const { store, vault, cloud, startJob, work } = shop;
  const save = (secretAccessKey = keys.secretAccessKey) => {
    const draft = { provider: 'aws', account: second.id, name: 'second', regions: [] };
    const from = { kind: 'keys', ...keys, secretAccessKey };
    return addAccount(store, vault.key, draft, { from, endpoint: cloud.url }, worldNow);
  };
  await save();
  await work((await startJob({ ...cpu, accounts: [], days: 1 })).id);
  await putGone(shop, 'i-closed', { account: '999999999999' });
  const { rows } = await store.inventory.list({ limit: 10 });
  const remove = async () => store.accounts.remove((await store.accounts.get('second')).id);
  return { shop, servers: rows.map(({ id }) => id), save, remove };
}

/** What became of a job, and of each of its tasks. */
async function outcomeOf({ store, work }: Workshop, { id }: Job) {
  const { state, counts } = await work(id);
  const { tasks } = await store.jobs.get(id);
  const told = tasks.map((task) => [task.account, task.region, task.state, task.doneServers, task.error?.message]);
  return { state, servers: counts.servers, tasks: told.toSorted() };
}

const plan = (shop: Workshop, options: object) => planJob(RunOptions.parse({ ...cpu, ...options }), shop.start);

describe('a run of some servers', () => {
  it('is planned for these alone: their regions, their calls, their cost', async () => {
    const shop = await openKnown();
    const whole = await plan(shop, {});
    const servers = [...(await pick(shop.store, 'us-east-1', 3)), ...(await pick(shop.store, 'eu-west-1', 1))];
    const some = await plan(shop, { servers });
    expect(
      some.regions.map(({ region, outcome }) => [region, 'estimate' in outcome && outcome.estimate.servers]),
    ).toEqual([
      ['eu-west-1', 1],
      ['us-east-1', 3],
    ]);
    expect(some).toMatchObject({ servers: 4, selection: { ids: servers }, unopened: [] });
    expect(some.cost.metrics).toBeLessThan(whole.cost.metrics / 4);
    const one = await plan(shop, { servers: await pick(shop.store, 'eu-west-1', 1) });
    expect(one.regions.map(({ region }) => region)).toEqual(['eu-west-1']);
  });

  it('has each task ask the inventory for its own alone', async () => {
    const { shop, servers } = await openTwo();
    const { store, vault, queue } = shop;
    await shop.startJob({ ...cpu, accounts: [], servers });
    const asked: string[] = [];
    const lines: InventoryStore['lines'] = async function* (filter) {
      for await (const page of store.inventory.lines(filter)) {
        asked.push(...page.map((line) => line.account));
        yield page;
      }
    };
    const watched = { ...vault, store: { ...store, inventory: { ...store.inventory, lines } } };
    for (const taken of await queue.take('w', 2, worldNow)) {
      const { task } = await store.tasks.find(taken.claim.task);
      expect(await shop.run(taken, { vault: watched })).toBe('ended');
      expect(asked.splice(0)).toEqual([task.account, task.account]);
      expect((await store.tasks.find(task.id)).task).toMatchObject({ state: 'SUCCESS', doneServers: 2 });
    }
    expect.assertions(6);
  });

  it('reads these, and leaves the others as they were', async () => {
    const { store, startJob, work, queries } = await openKnown();
    const [picked = 0] = await pick(store, 'us-east-1', 1);
    await store.inventory.put(
      [{ record: server('i-gone', { account: account.id, region_code: 'us-east-1' }) }],
      worldNow - dayMs,
    );
    const before = queries();
    const job = await startJob({ ...cpu, servers: [picked] });
    expect(await work(job.id)).toMatchObject({ state: 'SUCCESS', counts: { servers: 1 } });
    expect(queries() - before).toBeLessThanOrEqual(4);
    expect(await store.inventory.count({ state: 'ABSENT' })).toBe(0);
    const windows = new Map(
      [...(await known(store)).values()]
        .flat()
        .map(({ id, record }) => [id, record.data.monitoring_info?.window.start]),
    );
    const newer = windows.get(picked);
    expect([...windows].filter(([, start]) => start === newer).map(([id]) => id)).toEqual([picked]);
  });

  it('is of what a filter finds when it is planned, however the inventory changes', async () => {
    const { store, startJob, work } = await openKnown();
    const [first] = (await known(store)).get('us-east-1') ?? [];
    const name = first?.record.name ?? '';
    const job = await startJob({ ...cpu, filter: `name:${name}` });
    expect(job.options).toMatchObject({ filter: `name:${name}`, servers: [first?.id] });
    if (first !== undefined)
      await store.inventory.put([{ id: first.id, record: { ...first.record, name: 'renamed' } }], worldNow);
    expect(await work(job.id)).toMatchObject({ state: 'SUCCESS', counts: { servers: 1 } });
  });

  it('asks for the same ones again when it is retried', async () => {
    const shop = await openKnown();
    const { cloud, store, startJob, work, start } = shop;
    cloud.faults.set({ deniedCloudwatch: ['*/us-east-1'] });
    const servers = [...(await pick(store, 'us-east-1', 2)), ...(await pick(store, 'eu-west-1', 1))];
    const job = await work((await startJob({ ...cpu, servers })).id);
    expect(job).toMatchObject({ state: 'PARTIAL', counts: { servers: 3, failed: 2 } });
    cloud.faults.set({ deniedCloudwatch: [] });
    const retried = await retryJob(job.id, start);
    expect(retried.options).toEqual(job.options);
    expect(await work(job.id)).toMatchObject({ state: 'SUCCESS', counts: { servers: 3, failed: 0 } });
  });

  it('is partial where not all of them are met, and says which are not and why', async () => {
    const shop = await openKnown();
    const { store, startJob } = shop;
    const servers = [
      ...(await pick(store, 'us-east-1', 1)),
      ...(await pick(store, 'eu-west-1', 2)),
      await putGone(shop, 'i-gone', { account: account.id }),
      await putGone(shop, 'i-closed', { account: '999999999999' }),
    ];
    const job = await startJob({ ...cpu, regions: ['us-east-1'], servers });
    expect(await outcomeOf(shop, job)).toEqual({
      state: 'PARTIAL',
      servers: 1,
      tasks: [
        [account.id, 'eu-west-1', 'FAILURE', 0, '2 selected servers: this run does not read that region'],
        [account.id, 'us-east-1', 'PARTIAL', 1, '1 of 2 selected servers not found'],
        ['999999999999', '*', 'FAILURE', 0, '1 selected server: no account of this run opens theirs'],
      ],
    });
  });

  it('fails where none of them is met', async () => {
    const shop = await openKnown();
    const servers = [await putGone(shop, 'i-gone', { account: account.id })];
    expect(await outcomeOf(shop, await shop.startJob({ ...cpu, servers }))).toEqual({
      state: 'FAILURE',
      servers: 0,
      tasks: [[account.id, 'us-east-1', 'FAILURE', 0, '1 of 1 selected servers not found']],
    });
  });

  it.each([
    { name: 'once an account opens them', secret: undefined, told: [second.id, '*'] },
    { name: 'once their account lets us in', secret: 'aSecretThatOpensNothing', told: ['second', '*'] },
  ])('reads the others when it is retried, $name, and tells of those that nothing opens still', async (lost) => {
    const { shop, servers, save, remove } = await openTwo();
    const { store, startJob, work, start } = shop;
    await remove();
    if (lost.secret !== undefined) await save(lost.secret);
    const job = await startJob({ ...cpu, accounts: [], servers });
    expect(await work(job.id)).toMatchObject({ state: 'PARTIAL', counts: { servers: 2 } });
    expect((await store.jobs.get(job.id)).tasks.map(({ account, region }) => [account, region])).toContainEqual(
      lost.told,
    );
    await expect(retryJob(job.id, start)).rejects.toMatchObject({ code: 'not_found' });
    if (lost.secret !== undefined) await remove();
    await save();
    await retryJob(job.id, start);
    expect(await outcomeOf(shop, job)).toEqual({
      state: 'PARTIAL',
      servers: 4,
      tasks: [
        [account.id, 'us-east-1', 'SUCCESS', 2, undefined],
        [second.id, 'us-east-1', 'SUCCESS', 2, undefined],
        ['999999999999', '*', 'FAILURE', 0, '1 selected server: no account of this run opens theirs'],
      ],
    });
  });

  it('is read of a cloud whose regions are one place, and leaves the rest of it alone', async () => {
    const shop = await openWorkshop();
    const { store, vault, startJob, work } = shop;
    const google = await startGoogle();
    onTestFinished(() => google.close());
    const draft = { provider: 'google_cloud', account: 'gcp', name: 'gcp', regions: [] };
    const from = { kind: 'service_account', key: google.credentials.serviceAccount };
    await addAccount(store, vault.key, draft, { from, endpoint: google.url }, worldNow);
    const run = { ...cpu, accounts: ['gcp'] };
    await work((await startJob({ ...run, days: 1 })).id);
    const { rows } = await store.inventory.list({ limit: 100, filter: { account: 'contract-one', state: 'RUNNING' } });
    const byRegion = Map.groupBy(rows, ({ record }) => record.region_code);
    const servers = [...byRegion.values()].flatMap(([first]) => first?.id ?? []).slice(0, 2);
    expect(servers).toHaveLength(2);
    const [first = '', second] = byRegion.keys();
    expect(await plan(shop, { ...run, regions: [first], servers })).toMatchObject({
      servers: 1,
      unopened: [{ provider: 'google_cloud', account: 'contract-one', region: second, servers: 1 }],
    });
    const job = await startJob({ ...run, servers });
    expect((await store.jobs.get(job.id)).tasks).toMatchObject([{ account: 'contract-one', region: 'global' }]);
    expect(await work(job.id)).toMatchObject({ state: 'SUCCESS', counts: { servers: 2, updated: 2 } });
    expect(await store.inventory.count({ state: 'ABSENT' })).toBe(0);
  });

  it('does not settle what a run of all met', async () => {
    const { cloud, store, startJob, work } = await openKnown();
    cloud.faults.set({ deniedCloudwatch: ['*/us-east-1'] });
    await work((await startJob(cpu)).id);
    cloud.faults.set({ deniedCloudwatch: [] });
    await work((await startJob({ ...cpu, servers: await pick(store, 'us-east-1', 1) })).id);
    const open = async () => (await readProblems(store)).cells.filter(({ isOpen }) => isOpen);
    expect(await open()).toMatchObject([{ region: 'us-east-1' }]);
    await work((await startJob(cpu)).id);
    expect(await open()).toEqual([]);
  });
});

describe('a selection', () => {
  const none = { types: ['server'], regions: [] };

  it('tells of servers whose account nothing opens, and reads the others', async () => {
    const shop = await openKnown();
    const [lost = 0] = await shop.store.inventory.put(
      [{ record: server('i-lost', { account: '999999999999' }) }],
      worldNow,
    );
    const servers = [lost, ...(await pick(shop.store, 'eu-west-1', 1))];
    expect(await plan(shop, { servers })).toMatchObject({
      servers: 1,
      selection: { ids: servers },
      unopened: [{ provider: 'aws', account: '999999999999', region: '*', servers: 1 }],
    });
    await expect(plan(shop, { servers: [lost] })).rejects.toMatchObject({
      code: 'not_found',
      where: 'aws 999999999999',
      fix: expect.stringContaining('account add'),
    });
  });

  it('of a filter is of the accounts that the run reads, where others are saved', async () => {
    const { shop, servers } = await openTwo();
    const filter = 'provider:aws';
    const some = await plan(shop, { accounts: ['second'], filter });
    expect(some).toMatchObject({ servers: 2, unopened: [] });
    expect(some.selection?.ids).toHaveLength(2);
    const closed = { provider: 'aws', account: '999999999999', region: '*', servers: 1 };
    for (const accounts of [[], ['prod', 'second']])
      expect(await plan(shop, { accounts, filter })).toMatchObject({ servers: 4, unopened: [closed] });
    const picked = await plan(shop, { accounts: ['second'], servers });
    expect(picked.unopened).toEqual([{ ...closed, account: account.id, servers: 2 }, closed]);
  });

  it('keeps to the regions of the run, and to what is not gone', async () => {
    const { store } = await openKnown();
    const known = [{ provider: 'aws', types: [] }];
    const all = await selectionOf(store.inventory, { ...none, filter: 'provider:aws' }, known);
    expect(all?.ids).toHaveLength(25);
    const some = await selectionOf(store.inventory, { ...none, regions: ['eu-west-1'], filter: 'provider:aws' }, known);
    expect(some?.places).toEqual([{ provider: 'aws', account: account.id, region: 'eu-west-1', servers: 5 }]);
    await store.inventory.markAbsent({ region: 'eu-west-1' }, worldNow + 1, worldNow + 1);
    await expect(
      selectionOf(store.inventory, { ...none, regions: ['eu-west-1'], filter: 'provider:aws' }, known),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it.each(['name:nobody', 'name:'])('is refused where it is none: %s', async (filter) => {
    const { store } = await openWorkshop();
    await expect(selectionOf(store.inventory, { ...none, filter }, [])).rejects.toMatchObject({
      code: expect.stringMatching(/^invalid_/),
      where: filter,
    });
  });

  it('is no more than a run can be limited to', async () => {
    expect(RunOptions.safeParse({ servers: Array.from({ length: mostSelected }, (_, at) => at + 1) }).success).toBe(
      true,
    );
    expect(RunOptions.safeParse({ servers: Array.from({ length: mostSelected + 1 }, (_, at) => at + 1) }).success).toBe(
      false,
    );
  });
});
