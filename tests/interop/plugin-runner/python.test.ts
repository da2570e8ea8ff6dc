import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#collect/clock.ts';
import { runPluginJob } from '#jobs/plugin-job.ts';
import { pluginFolder } from '#platform/plugin/open-plugin.ts';
import { readPluginLog } from '#platform/plugin/plugin-log.ts';
import { type PluginRoom, type Registration, registerPlugin } from '#platform/plugin/registry.ts';
import { masterKey } from '#platform/secret/master-key.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { isMissing, type PythonClient, pythonClients, pythonOf } from '../cloudforet/clients.ts';

const plugins = path.join(import.meta.dirname, 'plugins');
const never = new AbortController().signal;

/** How a plugin on this library is written, and what becomes of a region that it may not read. */
interface Kind {
  readonly client: PythonClient;
  readonly args: readonly string[];
  /** As a program of the library's own, or by its Python. */
  readonly program: 'spaceone' | 'python';
  /** Whether it tells its parts. */
  readonly hasTasks: boolean;
  /** Whether it goes on after a region that it may not read. */
  readonly goesOn: boolean;
}

const client = (name: string): PythonClient => {
  const found = pythonClients.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};

const kinds: readonly Kind[] = [
  {
    client: client('spaceone-core 2.0'),
    program: 'spaceone',
    args: ['run', 'grpc-server', 'fleet', '-s', plugins, '-p', '{port}'],
    hasTasks: true,
    goesOn: true,
  },
  {
    client: client('spaceone-core 1.12'),
    program: 'spaceone',
    args: ['grpc', 'fleet', '-m', plugins],
    hasTasks: true,
    goesOn: true,
  },
  {
    client: client('spaceone-core 1.9'),
    program: 'python',
    args: [path.join(plugins, 'serve.py'), 'fleet', '{port}'],
    hasTasks: false,
    goesOn: false,
  },
  {
    client: {
      ...client('spaceone-core 2.0'),
      name: 'spaceone-inventory 2.0',
      packages: ['spaceone-inventory==2.0.dev247', 'spaceone-core>=2,<3', 'spaceone-api>=2,<3'],
    },
    program: 'spaceone',
    args: ['run', 'plugin-server', 'fleet_sdk', '-s', plugins, '-p', '{port}'],
    hasTasks: false,
    goesOn: true,
  },
];

describe.each(kinds.filter((kind) => !isMissing(kind.client)))('a plugin on $client.name', (kind) => {
  let python: string;
  beforeAll(async () => {
    python = await pythonOf(kind.client);
  }, 600_000);

  const registration = (options: object, key = 'right'): Registration => ({
    name: 'fleet',
    reach: {
      kind: 'command',
      command: kind.program === 'python' ? python : path.join(path.dirname(python), kind.program),
      args: kind.args,
      cwd: plugins,
      env: ['PYTHONDONTWRITEBYTECODE'],
    },
    options: { ...options },
    secret: { data: { key } },
  });

  it('is started, collected and stopped: every server is there as it was told', async () => {
    const room = await openRoom();
    const plugin = await registerPlugin(room, registration({ regions: ['eu-west-1', 'us-east-1'], count: 30 }), never);
    expect(plugin).toMatchObject({ generation: kind.client.generation, status: { state: 'OK' } });
    expect(plugin.metadata.supported_resource_type).toEqual([expect.stringMatching(/^inventory\./)]);
    const job = await runPluginJob(plugin, { room, signal: never });
    expect(job).toMatchObject({ state: 'SUCCESS', counts: { servers: 60, created: 60, failed: 0 } });
    const { tasks } = await room.store.jobs.get(job.id);
    expect(tasks.map(({ region }) => region)).toEqual(kind.hasTasks ? ['eu-west-1', 'us-east-1'] : ['all']);
    const { rows } = await room.store.inventory.list({ limit: 1000 });
    const found = new Map(rows.map(({ record }) => [record.reference.resource_id, record]));
    for (const region of ['eu-west-1', 'us-east-1']) {
      for (let at = 0; at < 30; at++) expect(found.get(`i-${region}-${at}`)).toMatchObject(expected(region, at));
    }
    const again = await runPluginJob(plugin, { room, signal: never });
    expect(again.counts).toMatchObject({ unchanged: 60, created: 0, updated: 0 });
    expect(await readPluginLog(pluginFolder(room.host.folder, 'fleet'))).toContain('ready');
  });

  it('fails where it must, says why, and what else it told is kept', async () => {
    const room = await openRoom();
    const regions = ['eu-west-1', 'forbidden', 'us-east-1'];
    const plugin = await registerPlugin(room, registration({ regions, count: 5 }), never);
    const { id, state } = await runPluginJob(plugin, { room, signal: never });
    expect(state).toBe('PARTIAL');
    expect(await room.store.inventory.count()).toBe(kind.goesOn ? 10 : 5);
    const { tasks } = await room.store.jobs.get(id);
    const said = tasks.flatMap(({ error, failures }) => [error, ...failures.map((failure) => failure.error)]);
    expect(said.filter((error) => error !== null)).toMatchObject([{ message: expect.stringContaining('is denied') }]);
  });

  it('refuses a wrong secret when it is registered', async () => {
    const room = await openRoom();
    const failed = registerPlugin(room, registration({}, 'wrong-secret'), never);
    await expect(failed).rejects.toMatchObject({ message: expect.stringContaining('the key is of no account') });
    expect(await room.store.plugins.list()).toEqual([]);
  });
});

function expected(region: string, at: number) {
  return {
    provider: 'aws',
    cloud_service_group: 'EC2',
    cloud_service_type: 'Instance',
    account: '123456789012',
    region_code: region,
    name: `web-${at}`,
    instance_type: 'm7i.large',
    reference: { resource_id: `i-${region}-${at}`, external_link: `https://example.com/${at}` },
    data: {
      compute: { instance_state: 'RUNNING', account: '123456789012' },
      hardware: { core: 2, memory: 8 },
      monitoring: { cpu: { utilization: { avg: at + 0.5, max: at + 10 } } },
    },
  };
}

async function openRoom(): Promise<PluginRoom> {
  const store = await openTestStore();
  const folder = await temporaryFolder();
  onTestFinished(() => store.close());
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return { store, key: await masterKey({ folder, env: {} }), host: { folder, clock: systemClock, env } };
}
