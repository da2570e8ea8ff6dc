import type { FastifyInstance } from 'fastify';
import { readCollection, writeCollection } from '#platform/collection/settings.ts';
import type { Store } from '#store/store.ts';
import { CollectionReply } from './collection-api.ts';
import { jsonRoute } from './route.ts';

const bodyLimit = 4_096;

/** What runs read where they do not say it themselves. What a change costs, `/plan` tells. */
export function collectionRoutes(app: FastifyInstance, { settings }: Pick<Store, 'settings'>): void {
  jsonRoute(
    app,
    'GET',
    '/collection',
    {
      id: 'getCollection',
      summary: 'What runs read where they do not say it themselves, and how long it is kept.',
      replies: { data: CollectionReply },
    },
    async () => ({ data: await readCollection(settings) }),
  );

  jsonRoute(
    app,
    'PUT',
    '/collection',
    {
      id: 'setCollection',
      audit: 'collection.set',
      summary:
        'Set it for runs that begin from now on: by hand, by the command line, and by schedules that say nothing of it.',
      body: CollectionReply,
      bodyLimit,
      replies: { data: CollectionReply },
    },
    async ({ body }) => ({ data: await writeCollection(settings, body) }),
  );
}
