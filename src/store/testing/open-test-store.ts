import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openMemoryStore, openStore } from '../open.ts';
import { openPostgresStore } from '../postgres/store.ts';
import type { Store } from '../store.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** PostgreSQL, where the suites are to run on that; else they run on SQLite. */
const server = process.env.FLEETGAUGE_TEST_DATABASE;

/** An empty store that nobody else sees. */
export async function openTestStore(): Promise<Store> {
  return server === undefined ? openMemoryStore() : openPostgresStore(await newSchema(server));
}

/** Opens an empty store that can be closed and opened again. @param folder where SQLite keeps it */
export async function testDatabase(folder: string): Promise<() => Promise<Store>> {
  if (server === undefined) return () => openStore({ folder });
  const url = await newSchema(server);
  return () => openPostgresStore(url);
}

/** Where an empty store is, for those who open it themselves. */
export async function testPlace(): Promise<{ readonly folder: string; readonly database?: string }> {
  const folder = await temporaryFolder();
  return server === undefined ? { folder } : { folder, database: await newSchema(server) };
}

/** @returns the URL that works in it */
async function newSchema(url: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`CREATE SCHEMA ${name}`);
  await client.end();
  const inSchema = new URL(url);
  inSchema.searchParams.set('options', `-c search_path=${name}`);
  return inSchema.href;
}
