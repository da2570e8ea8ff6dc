import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '#collect/clock.ts';
import type { PluginReach } from '#store/plugins.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import type { OpenPlugin } from './open-plugin.ts';
import { PluginPool } from './pool.ts';

const script = fileURLToPath(new URL('testing/plugin-process.ts', import.meta.url));
const never = new AbortController().signal;
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };

async function openPool() {
  const folder = await temporaryFolder();
  const pool = new PluginPool({ folder, clock: hasty });
  onTestFinished(() => pool[Symbol.asyncDispose]());
  const use = (reach: PluginReach, work: (open: OpenPlugin) => Promise<unknown>) =>
    pool.use({ name: 'theirs', reach, secretData: {} }, work);
  return { folder, use };
}

/** Says which generation it speaks. */
const meet = async (open: OpenPlugin) => {
  using peer = await open.connect(never);
  return peer.generation;
};

it('shares a plugin that runs', async () => {
  const { use } = await openPool();
  const reach = { kind: 'command', command: process.execPath, args: [script, '{port}'], env: [] } as const;
  const seen = new Set<OpenPlugin>();
  for (let nth = 0; nth < 2; nth++) await use(reach, async (open) => seen.add(open));
  expect(await use(reach, meet)).toBe('v2');
  expect(seen.size).toBe(1);
});

it('starts a plugin anew that was given up', async () => {
  const { folder, use } = await openPool();
  const own = join(folder, 'plugin.ts');
  const reach = { kind: 'command', command: process.execPath, args: [own, '{port}'], env: [] } as const;
  await expect(use(reach, meet)).rejects.toMatchObject({ code: 'unavailable' });
  await writeFile(own, `await import(${JSON.stringify(script)});`);
  expect(await use(reach, meet)).toBe('v2');
});

it('opens a plugin anew that could not be opened', async () => {
  const { folder, use } = await openPool();
  const installed = join(folder, 'plugins', 'theirs', 'package');
  const own = join(installed, 'node_modules', 'own');
  await mkdir(own, { recursive: true });
  await writeFile(join(installed, 'package.json'), JSON.stringify({ dependencies: { own: '1.0.0' } }));
  await writeFile(join(own, 'package.json'), JSON.stringify({ name: 'own' }));
  const reach = { kind: 'package', spec: 'own', args: ['{port}'], env: [] } as const;
  await expect(use(reach, meet)).rejects.toMatchObject({ code: 'not_found' });
  await writeFile(join(own, 'package.json'), JSON.stringify({ name: 'own', bin: 'main.js' }));
  expect(await use(reach, async () => 'open')).toBe('open');
});
