import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { openStore, storeFile } from '#store/open.ts';
import type { Candidate, ValueKind } from './completion.ts';

const most = 100;

/** What the data folder knows; nothing where there is none, as completing makes no folder. */
export async function storedValues(kind: ValueKind, data: string | undefined): Promise<readonly Candidate[]> {
  const database = process.env.FLEETGAUGE_DATABASE || undefined;
  const chosen = data ?? process.env.FLEETGAUGE_DATA;
  const usual = join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'fleetgauge');
  const folder = chosen ? resolve(chosen) : usual;
  const isThere = await stat(join(folder, storeFile)).then(
    () => true,
    () => false,
  );
  if (database === undefined && !isThere) return [];
  const store = await openStore({ folder, ...(database === undefined ? {} : { database }) });
  try {
    switch (kind) {
      case 'account':
        return (await store.accounts.list()).map(({ name, provider }) => ({ text: name, about: provider }));
      case 'job':
        return (await store.jobs.list({ limit: most })).map(({ id, state, startedAt }) => ({
          text: String(id),
          about: `${state.toLowerCase()}, ${new Date(startedAt).toISOString()}`,
        }));
      case 'region':
        return (await store.inventory.tally(['region'])).map(({ value, servers }) => ({
          text: value,
          about: `${servers} servers`,
        }));
      case 'server': {
        const { rows } = await store.inventory.list({ sort: { by: 'name' }, limit: most });
        return rows.map(({ record }) => ({ text: record.name, about: record.account }));
      }
    }
  } finally {
    await store.close();
  }
}
