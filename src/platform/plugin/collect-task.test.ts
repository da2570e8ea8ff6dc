import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#collect/clock.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { server as serverRecord } from '#store/testing/servers.ts';
import type { Generation } from '#wire/generation.ts';
import type { Listening } from '#wire/server.ts';
import { collectTask, type TaskResult } from './collect-task.ts';
import { defaultLimits } from './limits.ts';
import { Peer, type PluginMessage } from './peer.ts';
import { redaction } from './redact.ts';
import { type Behaviour, serveLyingPlugin } from './testing/lying-plugin.ts';

const limits = { ...defaultLimits, silenceMs: 5_000, messages: 2_000, recordBytes: 2 ** 17 };
const secretData = { key: 'hunter2-hunter2' };
const never = new AbortController().signal;

let store: Store;
let stop: AbortController;
let listening: Listening[];
beforeEach(async () => {
  store = await openTestStore();
  stop = new AbortController();
  listening = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(listening.map(({ closed }) => closed));
  await store.close();
});

async function collectFrom(
  messages: AsyncIterable<PluginMessage>,
  generation: Generation,
  along = async () => {},
  plugin = 'test',
): Promise<TaskResult> {
  const read = { generation, plugin, limits };
  return collectTask({
    messages,
    read,
    store,
    redact: redaction(secretData),
    isCanceled: () => false,
    now: Date.now,
    along,
  });
}

async function collect(options: Behaviour, generation: Generation = 'v2', along?: () => Promise<void>) {
  const server = await serveLyingPlugin({ generation, signal: stop.signal });
  listening.push(server);
  using peer = await Peer.connect(`grpc://127.0.0.1:${server.port}`, { limits, clock: systemClock, signal: never });
  return await collectFrom(peer.collect({ options: { ...options }, secretData }, undefined), generation, along);
}

async function* given(...messages: readonly Partial<PluginMessage>[]): AsyncGenerator<PluginMessage> {
  for (const message of messages) {
    const resource_type = 'inventory.CloudService';
    yield {
      state: 4,
      message: '',
      match_rules: {},
      resource: {},
      options: undefined,
      resource_type,
      sizeBytes: 100,
      ...message,
    };
  }
}

const records = async () => (await store.inventory.list({ limit: 1000 })).rows.map(({ record }) => record);

describe.each(['v1', 'v2'] as const)('an honest plugin of %s', (generation) => {
  it('fills the inventory, and changes nothing when it says the same again', async () => {
    const first = await collect({ count: 450 }, generation);
    expect(first).toMatchObject({
      state: 'SUCCESS',
      progress: { counts: { servers: 450, created: 450 }, failures: [] },
    });
    const again = await collect({ count: 450 }, generation);
    expect(again).toMatchObject({ state: 'SUCCESS', progress: { counts: { created: 0, unchanged: 450 } } });
    const found = await records();
    expect(found).toHaveLength(450);
    expect(found.find(({ name }) => name === 'name of i-7')).toEqual({
      provider: 'aws',
      cloud_service_group: 'EC2',
      cloud_service_type: 'Instance',
      account: '123456789012',
      region_code: 'eu-west-1',
      name: 'name of i-7',
      instance_type: '',
      reference: { resource_id: 'i-7' },
      tags: { env: 'prod' },
      data: {
        compute: { instance_state: 'RUNNING', security_groups: '["sg-1"]', ebs_optimized: 'true' },
        hardware: { core: 2, memory: 8 },
      },
      metadata: { 'plugin:test': { view: { sub_data: { layouts: [] } } } },
    });
  });
});

describe('a lying plugin', () => {
  it.each([
    { lie: 'hang', ends: /silent/, failed: 0 },
    { lie: 'break', ends: /the other side has gone/, failed: 0 },
    { lie: 'endless', ends: /does not end/, failed: 0 },
    { lie: 'cancel', ends: /somebody canceled it/, failed: 0 },
    { lie: 'garbage', ends: /cannot be read/, failed: 0 },
    { lie: 'nan', says: /data.monitoring/, failed: 1 },
    { lie: 'wrong monitoring', says: /data.monitoring/, failed: 1 },
    { lie: 'wrong types', says: /resource.provider/, failed: 1 },
    { lie: 'wrong rules', says: /data.secret does not identify a record/, failed: 1 },
    { lie: 'no rules', says: /match_rules is empty/, failed: 1 },
    { lie: 'unknown type', says: /inventory.Spaceship/, failed: 1 },
    { lie: 'failure', says: /AccessDenied/, failed: 1 },
    { lie: 'fat', says: /over the limit of 131072/, failed: 1 },
    { lie: 'secret', says: /could not sign in with \*\*\*/, failed: 1 },
  ] as const)('($lie) fails with a cause, and what it told before is kept', async ({ lie, failed, ...cause }) => {
    const { state, error, progress } = await collect({ count: 3, lie });
    expect(state).toBe('PARTIAL');
    expect(progress.counts).toMatchObject({ failed });
    if ('ends' in cause) expect(error?.message).toMatch(cause.ends);
    else {
      expect(error).toBeUndefined();
      expect(progress.failures).toMatchObject([{ count: 1, error: { message: expect.stringMatching(cause.says) } }]);
    }
    expect((await records()).filter(({ name }) => name !== 'name of i-lie')).toHaveLength(3);
  });

  it('has failed where nothing of what it told could be kept', async () => {
    expect(await collect({ lie: 'wrong types' })).toMatchObject({ state: 'FAILURE' });
    expect(await collect({ lie: 'denied' })).toMatchObject({ state: 'FAILURE', error: { code: 'access_denied' } });
    expect(await records()).toEqual([]);
  });

  it('may tell the same server again and again', async () => {
    const [message] = await Array.fromAsync(given({ match_rules: { '1': ['reference.resource_id'] } }));
    const resource = { ...identity, reference: { resource_id: 'i-1' } };
    const same = Array.from({ length: 5 }, () => ({ ...message, resource }));
    const { progress } = await collectFrom(given(...same), 'v2');
    expect(progress.counts).toMatchObject({ servers: 5, created: 1, unchanged: 4 });
    expect(await records()).toHaveLength(1);
  });

  it('tells nothing that a database cannot keep', async () => {
    const good = { ...identity, reference: { resource_id: 'i-1' }, name: 'good' };
    const poison = [
      { ...good, name: 'a\0b' },
      { ...good, data: { os: { 'a\0': 1 } } },
      { ...good, json_data: '{"text":"\\ud800"}' },
      { ...good, reference: { resource_id: 'i'.repeat(10_000) } },
      { ...good, tags: { key: 'a\0b' } },
      { ...good, metadata: { view: ['\0'] } },
    ];
    const messages = [...poison, good].map((resource) => ({ match_rules: byId, resource }));
    const { state, progress } = await collectFrom(given(...messages), 'v2');
    expect(state).toBe('PARTIAL');
    expect(progress.counts).toMatchObject({ failed: poison.length, created: 1 });
    expect((await records()).map(({ name }) => name)).toEqual(['good']);
  });

  it('cannot make us remember all that it says of its failures', async () => {
    const told = Array.from({ length: 300 }, (_, at) => ({ state: 5 as const, message: `${at} ${'x'.repeat(5_000)}` }));
    const { progress } = await collectFrom(given(...told), 'v2');
    expect(progress.counts?.failed).toBe(300);
    expect(progress.failures?.length).toBeLessThanOrEqual(21);
    expect(progress.failures?.reduce((sum, { count }) => sum + count, 0)).toBe(300);
    expect(JSON.stringify(progress.failures).length).toBeLessThan(20_000);
  });

  it('fills no memory, however slowly it is read', async () => {
    const before = process.memoryUsage().rss;
    let peak = 0;
    const { progress } = await collect({ lie: 'endless' }, 'v2', async () => {
      await systemClock.sleep(5, never);
      peak = Math.max(peak, process.memoryUsage().rss);
    });
    expect(progress.counts?.servers).toBe(limits.messages);
    expect(peak - before).toBeLessThan(200 * 2 ** 20);
  });
});

const identity = { provider: 'aws', cloud_service_group: 'EC2', cloud_service_type: 'Instance', account: '123' };
const byId = { '1': ['reference.resource_id'] };

describe('merging', () => {
  it('follows the rules of each resource, and says which one could not', async () => {
    await store.inventory.put(
      [{ record: serverRecord('i-1') }, { record: serverRecord('i-1', { account: '456' }) }],
      1,
    );
    const reference = { resource_id: 'i-1' };
    const { progress } = await collectFrom(
      given(
        { match_rules: byId, resource: { reference, name: 'which?' } },
        {
          match_rules: { '2': ['account'], '1': ['reference.resource_id', 'account'] },
          resource: { reference, account: '456', name: 'this' },
        },
        { match_rules: byId, resource: { reference: { resource_id: 'i-9' }, name: 'of no type' } },
      ),
      'v2',
    );
    expect(progress.counts).toMatchObject({ updated: 1, failed: 2, created: 0 });
    expect(progress.failures?.map(({ error }) => error.message)).toEqual([
      expect.stringContaining('more than one record'),
      expect.stringContaining('a new record needs'),
    ]);
    expect((await records()).map(({ account, name }) => [account, name])).toEqual([
      ['123', 'name of i-1'],
      ['456', 'this'],
    ]);
  });

  it.each(['v1', 'v2'] as const)('of %s leaves the layouts that others made of it', async (generation) => {
    const resource = { ...identity, reference: { resource_id: 'i-1' } };
    const told = (view: string) => given({ match_rules: byId, resource: { ...resource, metadata: { view } } });
    await store.inventory.put([{ record: serverRecord('i-1', { metadata: { aws: { view: 'our own' } } }) }], 1);
    for (const [plugin, view] of [
      ['aws', 'first'],
      ['other', 'second'],
      ['aws', 'third'],
    ] as const) {
      expect(await collectFrom(told(view), generation, undefined, plugin)).toMatchObject({ state: 'SUCCESS' });
    }
    expect((await records()).map(({ metadata }) => metadata)).toEqual([
      { aws: { view: 'our own' }, 'plugin:aws': { view: 'third' }, 'plugin:other': { view: 'second' } },
    ]);
  });

  it('of v2 replaces the parts of data that are told, also as JSON', async () => {
    const data = { compute: { instance_state: 'RUNNING', az: 'a' }, os: { name: 'linux' } };
    const resource = { ...identity, reference: { resource_id: 'i-1' }, data };
    await collectFrom(given({ match_rules: byId, resource }), 'v2');
    const json = { json_data: '{"compute":{"instance_state":"STOPPED"}}', json_metadata: '{"view":1}' };
    const options = { update_mode: 'MERGE' };
    await collectFrom(given({ match_rules: byId, resource: { ...resource, data: null, ...json }, options }), 'v2');
    const [record] = await records();
    expect(record?.data).toEqual({ compute: { instance_state: 'STOPPED' }, os: { name: 'linux' } });
    expect(record?.metadata).toEqual({ 'plugin:test': { view: 1 } });
    const nested = `${'['.repeat(50)}${']'.repeat(50)}`;
    const wrong = [{ json_data: '{' }, { json_data: `{"a":${nested}}` }].map((bad) => ({
      match_rules: byId,
      resource: { ...resource, ...bad },
    }));
    expect(await collectFrom(given(...wrong), 'v2')).toMatchObject({
      state: 'FAILURE',
      progress: { counts: { failed: 2 } },
    });
  });

  it('of v1 makes no record where a mode is set, which holds for what follows; MERGE keeps what is not told', async () => {
    const resource_type = 'inventory.Server';
    const known = { ...identity, reference: { resource_id: 'i-1' }, data: { os: { name: 'linux', bits: 64 } } };
    const options = { update_mode: 'MERGE' };
    const { progress } = await collectFrom(
      given(
        { resource_type, match_rules: byId, resource: known },
        { resource_type, match_rules: byId, options, resource: { ...known, data: { os: { name: 'bsd' } } } },
        { resource_type, match_rules: byId, resource: { ...known, reference: { resource_id: 'i-2' } } },
        {
          resource_type,
          match_rules: byId,
          options: { update_mode: 'REPLACE' },
          resource: { ...known, data: { disk: { size: 1 } } },
        },
      ),
      'v1',
    );
    expect(progress.counts).toMatchObject({ created: 1, updated: 2, failed: 1 });
    expect(progress.failures).toMatchObject([{ error: { code: 'not_found', where: 'i-2' } }]);
    expect((await records()).map(({ data }) => data)).toEqual([{ os: { name: 'bsd', bits: 64 }, disk: { size: 1 } }]);
  });

  it('counts what is no server nowhere', async () => {
    const others = ['Region', 'CloudServiceType', 'Namespace', 'Metric'].map((type) => ({
      resource_type: `inventory.${type}`,
    }));
    expect(await collectFrom(given(...others), 'v2')).toMatchObject({
      state: 'SUCCESS',
      progress: { counts: { servers: 0 } },
    });
  });
});
