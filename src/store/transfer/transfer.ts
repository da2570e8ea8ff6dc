import { randomBytes } from 'node:crypto';
import { copyFile, link, mkdtemp, open, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CollectError } from '#model/errors.ts';
import { makeDataFolder, storeFile } from '../open.ts';
import { DatabaseFile } from '../sqlite/database-file.ts';
import { migrate } from '../sqlite/migrations.ts';
import { type Copied, copyStore } from './copy-store.ts';
import { sqliteSource, sqliteTarget } from './sqlite-tables.ts';
import type { TableSource, TableTarget } from './tables.ts';

/** Where a store is: in a data folder, or on a PostgreSQL. */
export interface StorePlace {
  readonly folder: string;
  readonly database?: string;
}

/**
 * Writes all of a store into one file, as it is at this moment; it may be in use. The file is there when it is whole.
 *
 * @throws CollectError `conflict` where there is such a file
 */
export async function backUp(place: StorePlace, file: string): Promise<Copied> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const copied = await copy(
      () => sourceAt(place),
      () => sqliteTarget(aside),
    );
    await sync(aside);
    await linkNew(aside, file);
    return copied;
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${aside}${suffix}`, { force: true });
  }
}

/**
 * Brings back all that a backup holds, of this version or an older one, into an empty store.
 *
 * @throws CollectError `conflict` where the store is not empty; then it stays as it is
 */
export async function restore(file: string, place: StorePlace): Promise<Copied> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetgauge-restore-'));
  try {
    const path = join(folder, storeFile);
    // The backup itself is never written to, also where its schema has to be brought up to date.
    await copyFile(file, path).catch((cause: unknown) => {
      throw new CollectError('invalid_input', 'the backup cannot be read', { where: file, cause });
    });
    const opened = await DatabaseFile.open(path);
    try {
      await migrate(opened);
    } finally {
      opened.close();
    }
    return await copy(
      () => sqliteSource(path),
      () => targetAt(place),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Copies a store to an empty PostgreSQL, all of it or nothing.
 *
 * @throws CollectError `conflict` where that is not empty, or the store is being written to by a run
 */
export async function exportTo(place: StorePlace, database: string): Promise<Copied> {
  return copy(
    () => sourceAt(place),
    () => targetAt({ ...place, database }),
  );
}

async function copy(openSource: () => Promise<TableSource>, openTarget: () => Promise<TableTarget>): Promise<Copied> {
  const source = await openSource();
  try {
    const target = await openTarget();
    try {
      return await copyStore(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function sourceAt({ folder, database }: StorePlace): Promise<TableSource> {
  if (database === undefined) return sqliteSource(join(folder, storeFile));
  return (await import('./postgres-tables.ts')).postgresSource(database);
}

async function targetAt({ folder, database }: StorePlace): Promise<TableTarget> {
  if (database !== undefined) return (await import('./postgres-tables.ts')).postgresTarget(database);
  await makeDataFolder(folder);
  return sqliteTarget(join(folder, storeFile));
}

/** Gives a file its name, unless another one has it. */
async function linkNew(aside: string, file: string): Promise<void> {
  try {
    await link(aside, file);
  } catch (cause) {
    throw new CollectError('conflict', 'there is such a file already, or none can be made there', {
      where: file,
      cause,
    });
  }
  await unlink(aside);
  if (process.platform !== 'win32') await sync(dirname(file));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
