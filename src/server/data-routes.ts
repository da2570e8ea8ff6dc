import type { FastifyInstance } from 'fastify';
import { CollectError } from '#model/errors.ts';
import { collectBundle } from '#platform/diagnostics/bundle.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import type { Store } from '#store/store.ts';
import { DataReply, Diagnostics } from './data-api.ts';
import { jsonRoute } from './route.ts';

interface DataSource {
  readonly store: Store;
  readonly version: string;
  readonly masterKey: MasterKey | undefined;
}

/** What is stored here, and what of it may be shown to somebody who helps. */
export function dataRoutes(app: FastifyInstance, { store, version, masterKey }: DataSource): void {
  jsonRoute(
    app,
    'GET',
    '/data',
    { id: 'getData', summary: 'What is stored, and how much room it takes.', replies: { data: DataReply } },
    async () => ({ data: await readData(store) }),
  );

  jsonRoute(
    app,
    'GET',
    '/diagnostics',
    {
      id: 'getDiagnostics',
      audit: 'diagnostics.read',
      summary: 'What whoever helps has to know; secrets are taken out wherever they stand.',
      replies: { data: Diagnostics },
    },
    async () => {
      // What it cannot open, it cannot look for.
      if (masterKey === undefined)
        throw new CollectError('conflict', 'this server opens no secrets, and so cannot take them out', {
          fix: 'fleetgauge doctor --bundle bundle.json',
        });
      return { data: await collectBundle({ store, key: masterKey }, { version }) };
    },
  );
}

async function readData(store: Store): Promise<DataReply> {
  const [bytes, schema, servers, accounts, { jobs }] = await Promise.all([
    store.sizeBytes(),
    store.schema(),
    store.inventory.count(),
    store.accounts.list(),
    store.jobs.totals(),
  ]);
  return {
    database: store.cluster === undefined ? 'embedded' : 'postgresql',
    size_bytes: bytes,
    schema: { stored: schema.stored, known: schema.known },
    servers,
    accounts: accounts.length,
    runs: jobs.reduce((sum, { count }) => sum + count, 0),
  };
}
