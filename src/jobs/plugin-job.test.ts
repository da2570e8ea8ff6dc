import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '#collect/clock.ts';
import { defaultLimits } from '#platform/plugin/limits.ts';
import { pluginFolder } from '#platform/plugin/open-plugin.ts';
import { readPluginLog } from '#platform/plugin/plugin-log.ts';
import {
  type PluginRoom,
  type Registration,
  registerPlugin,
  removePlugin,
  verifyPlugin,
} from '#platform/plugin/registry.ts';
import { type Behaviour, lies, type Seen, serveLyingPlugin } from '#platform/plugin/testing/lying-plugin.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { masterKey } from '#platform/secret/master-key.ts';
import type { PluginReach } from '#store/plugins.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import type { Generation } from '#wire/generation.ts';
import { runPluginJob } from './plugin-job.ts';

const script = fileURLToPath(new URL('../platform/plugin/testing/plugin-process.ts', import.meta.url));
const limits = { ...defaultLimits, silenceMs: 6_000, messages: 1_000, messageBytes: 2 ** 20, recordBytes: 2 ** 17 };
const never = new AbortController().signal;
const secret = { data: { key: 'right' } };

/** In a hurry between starts, and as patient as any with what is under way. */
const clock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms > 5_500 && ms <= 6_000 ? ms : ms / 20, signal),
  random: () => 0.5,
};

async function openRoom(): Promise<PluginRoom> {
  const store = await openTestStore();
  const folder = await temporaryFolder();
  onTestFinished(() => store.close());
  return { store, key: await masterKey({ folder, env: {} }), host: { folder, clock, limits } };
}

async function serveOne(generation: Generation = 'v2', seen?: Seen): Promise<PluginReach> {
  const stop = new AbortController();
  const { port, closed } = await serveLyingPlugin({
    generation,
    signal: stop.signal,
    ...(seen === undefined ? {} : { seen }),
  });
  onTestFinished(async () => {
    stop.abort();
    await closed;
  });
  return { kind: 'endpoint', url: `grpc://127.0.0.1:${port}` };
}

const command = (...flags: readonly string[]): PluginReach => ({
  kind: 'command',
  command: process.execPath,
  args: [script, '{port}', ...flags],
  env: [],
});

const registration = (reach: PluginReach, options: Behaviour = {}): Registration => ({
  name: 'test',
  reach,
  options: { ...options },
  secret,
});

async function runOne(room: PluginRoom, wanted: Registration, signal = never) {
  const plugin = await registerPlugin(room, wanted, never);
  const { id } = await runPluginJob(plugin, { room, signal });
  return room.store.jobs.get(id);
}

describe('registration', () => {
  it('asks the plugin to begin, and to verify its secret, which is sealed', async () => {
    const room = await openRoom();
    const plugin = await registerPlugin(room, registration(await serveOne()), never);
    expect(plugin).toMatchObject({
      generation: 'v2',
      metadata: { concurrency: 2 },
      hasSecret: true,
      status: { state: 'OK' },
    });
    const sealed = await room.store.plugins.sealedSecret(plugin.id);
    expect(Buffer.from(sealed ?? []).includes('right')).toBe(false);
    await expect(registerPlugin(room, registration(await serveOne()), never)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it.each([
    {
      name: 'a wrong secret, which is not repeated',
      wanted: { secret: { data: { key: 'hunter2-hunter2' } } },
      code: 'secret_rejected',
      says: 'the key *** is wrong',
    },
    {
      name: 'an option that it does not like',
      wanted: { options: { lie: 'denied' } },
      code: 'access_denied',
      says: 'no',
    },
    {
      name: 'nobody there',
      wanted: { reach: { kind: 'endpoint', url: 'grpc://127.0.0.1:1' } },
      code: 'unavailable',
      says: '',
    },
    { name: 'a command that fails', wanted: { reach: command('--broken') }, code: 'unavailable', says: 'exit code 9' },
    {
      name: 'no such command',
      wanted: { reach: { kind: 'command', command: '/nowhere', args: [], env: [] } },
      code: 'not_found',
      says: 'ENOENT',
    },
    { name: 'a name that is no folder', wanted: { name: '../up' }, code: 'invalid_input', says: 'small letters' },
  ] as const)('refuses $name, and keeps nothing', async ({ wanted, code, says }) => {
    const room = await openRoom();
    const failed = registerPlugin(room, { ...registration(await serveOne()), ...wanted }, never);
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
    expect(await room.store.plugins.list()).toEqual([]);
  });

  it('gives it the keys of a saved account, in the form of Cloudforet', async () => {
    const room = await openRoom();
    const keys = { kind: 'keys', accessKeyId: 'AKIA', secretAccessKey: 'very-secret' };
    const draft = { provider: 'aws', account: '123', name: 'prod', regions: [] };
    await addAccount(room.store, room.key, draft, { from: keys, assume: [] }, 1);
    await addAccount(room.store, room.key, { ...draft, name: 'here' }, { from: { kind: 'default' } }, 1);
    const seen: Seen = { sent: 0, open: 0, requests: [] };
    const reach = await serveOne('v2', seen);
    // This plugin knows one key alone; what it was given is seen in what it is asked to collect.
    await room.store.plugins.add(
      {
        ...registration(reach),
        id: 'a',
        account: 'prod',
        options: { count: 1 },
        metadata: {},
        generation: 'v2',
        status: { state: 'OK', at: 1 },
      },
      undefined,
      1,
    );
    await runPluginJob(await room.store.plugins.get('test'), { room, signal: never });
    expect(seen.requests).toMatchObject([
      { secret_data: { aws_access_key_id: 'AKIA', aws_secret_access_key: 'very-secret' } },
    ]);
    const here = { ...registration(reach), name: 'other', secret: { account: 'here' } };
    await expect(registerPlugin(room, here, never)).rejects.toMatchObject({ code: 'invalid_input', where: 'here' });
  });

  it('notes how a later look at it went, and forgets it whole', async () => {
    const room = await openRoom();
    const plugin = await registerPlugin(room, registration(command()), never);
    expect(await verifyPlugin(room, plugin, never)).toMatchObject({ status: { state: 'OK' } });
    const folder = pluginFolder(room.host.folder, 'test');
    expect(await readPluginLog(folder)).toContain('serving');
    await room.store.plugins.remove('test');
    const gone = await room.store.plugins.add(
      { ...plugin, reach: { kind: 'endpoint', url: 'grpc://127.0.0.1:1' } },
      (await room.store.sealed.page('plugin', { limit: 1 }))[0]?.sealed,
      1,
    );
    await expect(verifyPlugin(room, gone, never)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await room.store.plugins.get('test')).toMatchObject({
      status: { state: 'FAILED', error: { code: 'unavailable' } },
    });
    await removePlugin(room, 'test');
    expect(await room.store.plugins.list()).toEqual([]);
    expect(await readPluginLog(folder)).toBe('');
  });
});

describe('a job', () => {
  it.each(['v1', 'v2'] as const)('of a %s plugin fills the inventory and the ledger', async (generation) => {
    const room = await openRoom();
    const { job, tasks } = await runOne(room, registration(await serveOne(generation), { count: 30 }));
    expect(job).toMatchObject({ state: 'SUCCESS', counts: { servers: 30, created: 30 }, options: { plugin: 'test' } });
    expect(tasks).toMatchObject([{ account: 'test', region: 'all', state: 'SUCCESS' }]);
    expect(await room.store.inventory.count()).toBe(30);
    const calls = (await room.store.jobs.ledger(job.id)).map(({ api, calls, failed }) => [api, calls, failed]);
    expect(calls).toEqual([
      ['Collector.init', 1, 0],
      ...(generation === 'v2' ? [['Job.get_tasks', 1, 0]] : []),
      ['Collector.collect', 1, 0],
    ]);
    expect(await room.store.plugins.get('test')).toMatchObject({ lastJob: job.id, status: { state: 'OK' } });
  });

  it('has a task for each part; one that lies fails alone', async () => {
    const room = await openRoom();
    const wrong = lies.filter((lie) => lie !== 'crash');
    const good = ['a', 'b', 'c\0'].map((region) => ({ region, count: 20, prefix: `${region[0]}-` }));
    const parts = [
      ...wrong.map((lie, at) => ({ region: `lie-${lie}`, lie, count: at % 2, prefix: `${lie}-` })),
      ...good,
    ];
    const { job, tasks } = await runOne(room, registration(await serveOne(), { tasks: parts }));
    expect(job.state).toBe('PARTIAL');
    for (const { region, state, counts, error, failures } of tasks) {
      if (good.some((part) => part.region[0] === region.trim())) {
        expect([state, counts.created, failures]).toEqual(['SUCCESS', 20, []]);
        continue;
      }
      expect(['FAILURE', 'PARTIAL'], region).toContain(state);
      expect(error?.message ?? failures[0]?.error.message, region).toBeTruthy();
    }
    expect(await room.store.plugins.get('test')).toMatchObject({ status: { state: 'FAILED' } });
  });

  it('goes on with a plugin that died under a task, once it runs again', async () => {
    const room = await openRoom();
    const tasks: Behaviour[] = [
      { region: 'a', lie: 'crash', count: 5 },
      ...['b', 'c', 'd', 'e', 'f'].map((region) => ({ region, count: 10, prefix: `${region[0]}-` })),
    ];
    const { tasks: ended } = await runOne(room, registration(command('--child'), { tasks }));
    const states = new Map(ended.map(({ region, state }) => [region, state]));
    expect(ended.find(({ region }) => region === 'a')?.error).toMatchObject({ code: 'unavailable' });
    expect(states.get('f')).toBe('SUCCESS');
    const log = await readPluginLog(pluginFolder(room.host.folder, 'test'));
    expect(log).toContain('-- exit code 3');
    // What it started is gone with it.
    for (const [, pid] of log.matchAll(/child (\d+)/g)) expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  });

  it('is there even where the plugin does not start, and says why', async () => {
    const room = await openRoom();
    const plugin = await registerPlugin(room, registration(await serveOne()), never);
    const reach = command('--broken');
    const { id } = await runPluginJob({ ...plugin, reach }, { room, signal: never });
    const { job, tasks } = await room.store.jobs.get(id);
    expect(job.state).toBe('FAILURE');
    expect(tasks).toMatchObject([
      { state: 'FAILURE', error: { code: 'unavailable', message: expect.stringContaining('exit code 9') } },
    ]);
  });

  it('ends when somebody wants it to: what was told is stored, the rest is canceled', async () => {
    const room = await openRoom();
    const seen: Seen = { sent: 0, open: 0, requests: [] };
    const stop = new AbortController();
    const tasks: Behaviour[] = ['a', 'b', 'c'].map((region) => ({ region, count: 3, prefix: region, lie: 'hang' }));
    const patient = { ...room, host: { ...room.host, limits: { ...limits, silenceMs: 600_000 } } };
    const plugin = await registerPlugin(patient, registration(await serveOne('v2', seen), { tasks }), never);
    const running = runPluginJob(plugin, { room: patient, signal: stop.signal });
    while (seen.sent < 6) await systemClock.sleep(10, never);
    await expect(runPluginJob(plugin, { room: patient, signal: never })).rejects.toMatchObject({ code: 'conflict' });
    const [job] = await room.store.jobs.list({ limit: 1 });
    if (job === undefined) throw new Error('there is a job');
    await room.store.jobs.cancel(job.id, Date.now());
    expect(await running).toMatchObject({ state: 'CANCELED', counts: { created: 6 } });
    expect((await room.store.jobs.get(job.id)).tasks.map(({ state }) => state)).toEqual([
      'CANCELED',
      'CANCELED',
      'CANCELED',
    ]);
    while (seen.open > 0) await systemClock.sleep(10, never);
  });

  it('runs a plugin that npm brings', async () => {
    const room = await openRoom();
    const source = join(room.host.folder, 'source');
    await mkdir(source);
    const manifest = { name: 'a-collector', version: '1.0.0', type: 'module', bin: 'main.js' };
    await writeFile(join(source, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(source, 'main.js'), `process.argv.splice(2, 1); await import(${JSON.stringify(script)});`);
    const reach: PluginReach = { kind: 'package', spec: source, args: ['x', '{port}'], env: [] };
    const { job } = await runOne(room, registration(reach, { count: 4 }));
    expect(job).toMatchObject({ state: 'SUCCESS', counts: { created: 4 } });
    const missing: PluginReach = { kind: 'package', spec: join(source, 'nothing'), args: [], env: [] };
    const failed = registerPlugin(room, { ...registration(missing), name: 'other' }, never);
    await expect(failed).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('npm') });
  });
});
