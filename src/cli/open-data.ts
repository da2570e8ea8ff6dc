import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type MasterKey, masterKey } from '#platform/secret/master-key.ts';
import { makeDataFolder, openStore } from '#store/open.ts';
import type { Store } from '#store/store.ts';
import type { GlobalFlags } from './global-flags.ts';

/** Where a process keeps its data. */
export interface DataPlace {
  /** The master key is here, and the store where no database is named. */
  readonly folder: string;
  /** `postgres://…` */
  readonly database?: string;
}

/** `--data`, `FLEETGAUGE_DATA`, or the place that the platform keeps such data in; `--database` or `FLEETGAUGE_DATABASE`. */
export function dataPlace(command: Command): DataPlace {
  return placeOf(command.optsWithGlobals<PlaceFlags>());
}

/** What the command line says of a place. */
export type PlaceFlags = Pick<GlobalFlags, 'data' | 'database'>;

/** As `dataPlace`, of flags that were read already. */
export function placeOf(flags: PlaceFlags): DataPlace {
  const chosen = flags.data ?? process.env.FLEETGAUGE_DATA;
  const folder = chosen
    ? resolve(chosen)
    : join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'fleetgauge');
  const database = flags.database ?? process.env.FLEETGAUGE_DATABASE;
  return { folder, ...(database ? { database } : {}) };
}

/** What is kept in a place, open. */
export interface Data extends AsyncDisposable {
  /** Of plugins, and of what else is no part of the store. */
  readonly folder: string;
  readonly store: Store;
  readonly key: MasterKey;
}

/** @throws CollectError `store_failed`, or `invalid_input` for a database of a kind that we do not know */
export async function openData(place: DataPlace): Promise<Data> {
  const store = await openStore(place);
  await makeDataFolder(place.folder);
  const key = await masterKey({ folder: place.folder, env: process.env });
  return { folder: place.folder, store, key, [Symbol.asyncDispose]: () => store.close() };
}
