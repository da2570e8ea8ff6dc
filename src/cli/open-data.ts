import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type MasterKey, masterKey } from '#platform/secret/master-key.ts';
import { openStore } from '#store/open.ts';
import type { Store } from '#store/store.ts';

/** The data folder of a process: `--data`, `FLEETGAUGE_DATA`, or the place that the platform keeps such data in. */
export function dataFolder(command: Command): string {
  const { data } = command.optsWithGlobals<{ data?: string }>();
  const chosen = data ?? process.env.FLEETGAUGE_DATA;
  if (chosen) return resolve(chosen);
  return join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'fleetgauge');
}

/** What is kept in a data folder, open. */
export interface Data extends AsyncDisposable {
  readonly store: Store;
  readonly key: MasterKey;
}

export async function openData(folder: string): Promise<Data> {
  const store = await openStore({ folder });
  const key = await masterKey({ folder, env: process.env });
  return { store, key, [Symbol.asyncDispose]: () => store.close() };
}
