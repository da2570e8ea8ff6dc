import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import type { RecordEvent } from '#store/changes.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { measured, server } from '#store/testing/servers.ts';
import { markAbsent, type ReadScope } from './absent.ts';
import { mergeBatch } from './inventory.ts';
import { defaultRules } from './match-rules.ts';
import type { IncomingRecord } from './merge.ts';

let store: Store;
let job: number;
beforeEach(async () => {
  store = await openTestStore();
  const noCost = { calls: 0, metrics: 0, points: 0, usd: 0, usdAtMost: 0 };
  const draft = { demo: false, options: {}, plan: {}, planned: noCost, ownerPid: 1, tasks: [] };
  job = (await store.jobs.create(draft, 0)).job.id;
});
afterEach(() => store.close());

const merge = (reports: readonly IncomingRecord[], now: number) => mergeBatch(store, reports, now, defaultRules, job);

async function idOf(resource: string): Promise<number> {
  const { rows } = await store.inventory.list({ filter: { search: resource }, limit: 1 });
  return rows[0]?.id ?? 0;
}

async function eventsOf(resource: string): Promise<readonly (readonly [RecordEvent, number, ...string[]])[]> {
  const changes = await store.changes.list({ resource: await idOf(resource), limit: 100 });
  return changes
    .toReversed()
    .map(({ event, at, fields }) => [
      event,
      at,
      ...fields.map(({ path, from, to }) => `${path}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`),
    ]);
}

const whole = (cpu: number, over: Partial<InventoryRecord> = {}) => ({ ...measured('i-1', cpu, 50), ...over });

describe('the history of a record', () => {
  it('has no word of what was measured, whichever way the report is merged', async () => {
    await merge([whole(10)], 1);
    await merge([whole(11)], 2);
    await merge([whole(12)], 3);
    await merge(
      [
        {
          provider: 'aws',
          account: '123',
          region_code: 'eu-west-1',
          reference: { resource_id: 'i-1' },
          data: { monitoring: {} },
        },
      ],
      4,
    );
    await merge([whole(12, { metadata: { aws: { view: 2 } } })], 5);
    expect(await eventsOf('i-1')).toEqual([['created', 1]]);
    expect((await store.inventory.get(await idOf('i-1')))?.updatedAt).toBe(5);
  });

  it('says what changed, from, to, when and by which job, also where values drift at the same time', async () => {
    await merge([whole(10)], 1);
    await merge([whole(77, { instance_type: 'm7i.2xlarge', tags: { team: 'web' } })], 2);
    await merge([{ ...whole(78), data: { compute: { instance_state: 'STOPPED' } } }], 3);
    expect(await eventsOf('i-1')).toEqual([
      ['created', 1],
      [
        'changed',
        2,
        'instance_type: "m7i.large" → "m7i.2xlarge"',
        'tags.env: "prod" → null',
        'tags.team: null → "web"',
      ],
      [
        'changed',
        3,
        'data.compute.instance_state: "RUNNING" → "STOPPED"',
        'instance_type: "m7i.2xlarge" → "m7i.large"',
        'tags.env: null → "prod"',
        'tags.team: "web" → null',
      ],
    ]);
    const [newest] = await store.changes.list({ resource: await idOf('i-1'), limit: 1 });
    expect(newest).toMatchObject({ job, at: 3 });
  });

  it('adds up two reports of one batch', async () => {
    await merge([server('i-1')], 1);
    await merge(
      [server('i-1', { name: 'b' }), server('i-1', { name: 'c' }), server('i-9'), server('i-9', { name: 'x' })],
      2,
    );
    expect(await eventsOf('i-1')).toEqual([
      ['created', 1],
      ['changed', 2, 'name: "name of i-1" → "b"', 'name: "b" → "c"'],
    ]);
    expect(await eventsOf('i-9')).toEqual([['created', 2]]);
  });

  it('comes page by page', async () => {
    for (let at = 1; at <= 5; at++) await merge([server('i-1', { name: `name ${at}` })], at);
    const resource = await idOf('i-1');
    const [newest, second] = await store.changes.list({ resource, limit: 2 });
    expect([newest?.at, second?.at]).toEqual([5, 4]);
    const rest = await store.changes.list({ resource, limit: 9, before: second?.id ?? 0 });
    expect(rest.map(({ at }) => at)).toEqual([3, 2, 1]);
  });
});

describe('a server that a complete reading did not find', () => {
  const types = [{ id: 'server', label: 'EC2', group: 'EC2', type: 'Instance', metrics: [] }];
  const scope: ReadScope = { provider: 'aws', account: '123', region: 'eu-west-1', types, since: 10 };
  const mark = (over: Partial<ReadScope>, now = 20) => markAbsent(store, { ...scope, ...over }, job, now);

  it('is absent, with the time, and told so once', async () => {
    await merge([server('i-1'), server('i-2')], 1);
    await merge([server('i-2')], 10);
    expect(await mark({})).toEqual([await idOf('i-1')]);
    expect(await mark({ since: 30 }, 40)).toEqual([await idOf('i-2')]);
    expect(await mark({ since: 50 }, 60)).toEqual([]);
    expect(await eventsOf('i-1')).toEqual([
      ['created', 1],
      ['absent', 20],
    ]);
    expect(await store.inventory.get(await idOf('i-1'))).toMatchObject({
      absentSince: 20,
      record: { data: { compute: { instance_state: 'RUNNING' } } },
    });
    expect((await store.inventory.list({ filter: { state: 'ABSENT' }, limit: 9 })).total).toBe(2);
  });

  it('is told from those of other scopes', async () => {
    await merge(
      [
        server('i-1', { region_code: 'us-east-1' }),
        server('i-2', { account: '999' }),
        server('i-3', { cloud_service_type: 'Volume' }),
        server('i-4', { provider: 'azure' }),
      ],
      1,
    );
    expect(await mark({})).toEqual([]);
    expect(await mark({ types: [] })).toEqual([]);
    const { region: _, ...account } = scope;
    expect(await markAbsent(store, account, job, 20)).toEqual([await idOf('i-1')]);
  });

  it('tells when it was last reported before, changed or not, whoever was gone meanwhile too', async () => {
    await merge([server('i-1')], 1);
    await merge([server('i-1')], 3);
    await merge([server('i-1', { instance_type: 'm7i.xlarge' })], 6);
    await mark({});
    await merge([server('i-1')], 30);
    const changes = await store.changes.list({ resource: await idOf('i-1'), limit: 9 });
    expect(changes.map(({ at, seenBefore }) => [at, seenBefore])).toEqual([
      [30, 6],
      [20, undefined],
      [6, 3],
      [1, undefined],
    ]);
  });

  it.each([
    { how: 'unchanged', report: server('i-1'), fields: [] },
    { how: 'changed', report: server('i-1', { name: 'new' }), fields: ['name: "name of i-1" → "new"'] },
    {
      how: 'in part',
      report: { provider: 'aws', account: '123', region_code: 'eu-west-1', reference: { resource_id: 'i-1' } },
      fields: [],
    },
  ])('is back as soon as it is seen again, $how', async ({ report, fields }) => {
    await merge([server('i-1')], 1);
    await mark({});
    await merge([report], 30);
    expect(await eventsOf('i-1')).toEqual([
      ['created', 1],
      ['absent', 20],
      ['seen_again', 30, ...fields],
    ]);
    const back = await store.inventory.get(await idOf('i-1'));
    expect(back?.absentSince).toBeUndefined();
    expect((await store.inventory.list({ filter: { state: 'RUNNING' }, limit: 9 })).total).toBe(1);
    expect(back?.lastSeenAt).toBe(30);
  });
});
