import { join } from 'node:path';
import { type RunningCli, root, startProcess } from '../e2e/run-cli.ts';

const main = join(root, 'src/cli/main.ts');

export interface Place {
  /** Home and data folder of its processes. */
  readonly folder: string;
  readonly database: string;
  readonly masterKey: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that a process loads before it begins. */
  readonly imports?: readonly string[];
}

/** Runs `fleetgauge` as a process of its own. */
export function startFleetgauge(
  { folder, database, masterKey, env, imports = [] }: Place,
  ...args: string[]
): RunningCli {
  const loaded = imports.flatMap((path) => ['--import', path]);
  return startProcess(process.execPath, [...loaded, main, ...args], {
    home: folder,
    env: {
      FLEETGAUGE_DATA: folder,
      FLEETGAUGE_DATABASE: database,
      FLEETGAUGE_MASTER_KEY: masterKey,
      ...env,
    },
  });
}

/** A worker, once it is ready. */
export async function startWorker(place: Place, tasks = 2): Promise<RunningCli> {
  const worker = startFleetgauge(place, 'worker', '--tasks', String(tasks));
  await worker.saw(/is ready/);
  return worker;
}

/** A server, once it answers. */
export async function startServer(place: Place): Promise<RunningCli> {
  const server = startFleetgauge(place, 'serve', '--port', '0');
  await server.saw(/Console +http/);
  return server;
}
