import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Figures } from './budgets.ts';
import { quantile } from './page.ts';

const root = new URL('../..', import.meta.url).pathname;
const parts = ['bin', 'console', 'src', 'tools', 'package.json', 'package-lock.json'];
const packages = ['.', 'console', 'tools/runtime'];
const rounds = 10;

/**
 * Fleetgauge as somebody starts it, in a folder of its own, with its console built: in the checkout its launcher would build what
 * others look at, wherever a source has changed. Packages are those of the checkout.
 */
export async function install(home: string): Promise<void> {
  for (const part of parts) {
    const isOurs = (path: string) => !['node_modules', 'dist'].includes(basename(path));
    await cp(join(root, part), join(home, part), { recursive: true, filter: isOurs });
  }
  for (const folder of packages) {
    const [from, to] = [join(root, folder, 'node_modules'), join(home, folder, 'node_modules')];
    await mkdir(to, { recursive: true });
    const names = await readdir(from).catch(() => []);
    for (const name of names) await symlink(join(from, name), join(to, name));
  }
  await promisify(execFile)(process.execPath, [join(home, 'tools/bootstrap.cjs')]);
}

/** The command line by its launcher, its code cache warm. @param data the folder of a store */
export async function commandLine(home: string, data: string): Promise<Pick<Figures, 'cliHelp' | 'cliList'>> {
  return {
    cliHelp: await medianOf(home, ['--help']),
    cliList: await medianOf(home, ['server', 'list', '--data', data]),
  };
}

async function medianOf(home: string, args: readonly string[]): Promise<number> {
  const run = async () => {
    const start = performance.now();
    await promisify(execFile)(process.execPath, [join(home, 'bin/fleetgauge.cjs'), ...args], { env: { HOME: home } });
    return performance.now() - start;
  };
  await run();
  await run();
  const times: number[] = [];
  while (times.length < rounds) times.push(await run());
  return quantile(times, 0.5);
}
