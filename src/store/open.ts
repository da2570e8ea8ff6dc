import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CollectError } from '#model/errors.ts';
import { openSqliteStore } from './sqlite/store.ts';
import type { Store } from './store.ts';

/** The store's file in the data folder. */
export const storeFile = 'fleetgauge.db';

/**
 * Opens the store on a PostgreSQL, or the embedded one of a data folder, and makes what is not there. A server and any
 * number of command-line processes may have it open at once.
 *
 * @throws CollectError `store_failed` where it cannot be reached or written, or a newer fleetgauge wrote it;
 *   `invalid_input` for a database of a kind that we do not know
 */
export async function openStore({
  folder,
  database,
}: {
  readonly folder: string;
  readonly database?: string;
}): Promise<Store> {
  if (database !== undefined) {
    if (/^postgres(ql)?:\/\//.test(database)) return (await import('./postgres/store.ts')).openPostgresStore(database);
    throw new CollectError('invalid_input', 'the database is no PostgreSQL', { fix: 'postgres://user@host:port/name' });
  }
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
