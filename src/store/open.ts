import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CollectError } from '#model/errors.ts';
import { openSqliteStore } from './sqlite/store.ts';
import type { Store } from './store.ts';

/** The store's file in the data folder. */
export const storeFile = 'fleetgauge.db';

/**
 * Opens the embedded store of a data folder, and makes both where there is none. A server and any number of
 * command-line processes may have it open at once.
 *
 * @throws CollectError `store_failed` where the folder cannot be written, or a newer fleetgauge wrote the store
 */
export async function openStore({ folder }: { readonly folder: string }): Promise<Store> {
  await makeDataFolder(folder);
  return openSqliteStore(join(folder, storeFile));
}

/** A store that nobody else sees, and that is gone with the process. */
export function openMemoryStore(): Promise<Store> {
  return openSqliteStore(':memory:');
}

/** Only its owner may look into it. */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new CollectError('store_failed', 'the data folder cannot be made', {
      where: folder,
      fix: 'Choose a folder that this user may write to.',
      cause,
    });
  }
}
