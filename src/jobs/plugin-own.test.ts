import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { systemClock } from '#collect/clock.ts';
import { type PluginRoom, registerPlugin } from '#platform/plugin/registry.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { runPluginJob } from './plugin-job.ts';
import { openWorkshop } from './workshop.fixture.ts';

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const never = new AbortController().signal;

it.each(['v1', 'v2'] as const)(
  'runs our own collector, %s, over servers that are known',
  async (generation) => {
    const { store, vault, startJob, work } = await openWorkshop();
    await work((await startJob()).id);
    const host = { folder: await temporaryFolder(), clock: systemClock };
    const room: PluginRoom = { store, key: vault.key, host };
    const args = [main, 'plugin', 'collector', '--host', '127.0.0.1', '--port', '{port}', '--generation', generation];
    const plugin = await registerPlugin(
      room,
      {
        name: 'own',
        reach: { kind: 'command', command: process.execPath, args, env: [] },
        options: { supported_period: 3 },
        secret: { account: 'prod' },
      },
      never,
    );
    expect(plugin).toMatchObject({ generation, account: 'prod', metadata: { supported_metrics: expect.anything() } });
    const job = await runPluginJob(plugin, { room, signal: never });
    const { tasks } = await store.jobs.get(job.id);
    expect(tasks.map(({ region, failures }) => [region, failures]).toSorted()).toEqual(
      generation === 'v1'
        ? [['all', []]]
        : [
            ['eu-west-1', []],
            ['us-east-1', []],
          ],
    );
    expect(tasks.every(({ provider, error }) => provider === 'aws' && error === null)).toBe(true);
    expect(job).toMatchObject({ state: 'SUCCESS', counts: { servers: 25, created: 0, failed: 0 } });
    const { rows } = await store.inventory.list({ limit: 1000 });
    expect(rows).toHaveLength(25);
    // What discovery knows stays; what the plugin measured is there, over its own window.
    for (const { record } of rows) {
      expect(record.data.compute?.instance_id).toBe(record.reference.resource_id);
      const { start, end } = record.data.monitoring_info?.window ?? { start: '', end: '' };
      expect((Date.parse(end) - Date.parse(start)) / 86_400_000).toBe(3);
    }
  },
  60_000,
);
