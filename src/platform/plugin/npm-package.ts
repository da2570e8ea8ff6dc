import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { startChild } from './child.ts';
import { baseEnv } from './child-env.ts';
import type { PluginLog } from './plugin-log.ts';

const Manifest = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
  bin: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
});

/**
 * Installs a package with what it needs, into a folder of its own, unless it is there. Its install scripts are not run.
 *
 * @param spec what npm takes: `name`, `name@1.2.3`, a folder or a tarball
 * @returns the script that starts it
 * @throws CollectError `not_found` where npm cannot have it, or it has no command
 */
export async function installPackage(spec: string, folder: string, log: PluginLog): Promise<string> {
  const installed = await findInstalled(folder);
  if (installed !== undefined) return scriptOf(installed, spec);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--install-links', spec];
  const npm = await startChild({ command: 'npm', args, cwd: folder, env: baseEnv([]) }, log);
  const how = await npm.ended;
  const found = await findInstalled(folder);
  if (how !== 'exit code 0' || found === undefined) {
    throw new CollectError('not_found', `npm could not install the package: ${how}`, {
      where: spec,
      fix: `see what npm says: npm install ${spec}`,
    });
  }
  return scriptOf(found, spec);
}

/** The folder of the package that was asked for, which npm notes as a dependency. */
async function findInstalled(folder: string): Promise<string | undefined> {
  const own = await readManifest(folder);
  const [name] = Object.keys(own.dependencies);
  if (name === undefined) return undefined;
  const path = join(folder, 'node_modules', name);
  return existsSync(join(path, 'package.json')) ? path : undefined;
}

async function scriptOf(folder: string, spec: string): Promise<string> {
  const { bin } = await readManifest(folder);
  const [script] = typeof bin === 'string' ? [bin] : Object.values(bin ?? {});
  if (script !== undefined) return join(folder, script);
  throw new CollectError('not_found', 'the package has no command: its package.json names no bin', { where: spec });
}

async function readManifest(folder: string): Promise<z.infer<typeof Manifest>> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  return Manifest.parse(JSON.parse(text));
}
