import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore, storeFile } from '#store/open.ts';
import type { Candidate, ValueKind } from './completion.ts';
import { type PlaceFlags, placeOf } from './open-data.ts';

const most = 100;

/** What the data folder knows; nothing where there is none, as completing makes no folder. */
export async function storedValues(kind: ValueKind, flags: PlaceFlags): Promise<readonly Candidate[]> {
  const place = placeOf(flags);
  const isThere = await stat(join(place.folder, storeFile)).then(
    () => true,
    () => false,
  );
  if (place.database === undefined && !isThere) return [];
  const store = await openStore(place);
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
