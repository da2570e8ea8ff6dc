import { Client } from '#wire/client.ts';
import { Endpoint } from '#wire/endpoint.ts';
import { CollectorDefinition } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { Table } from '../inventory/table.ts';
import { isObject, texts } from '../json.ts';
import { type Collecting, type CollectingOptions, deleteStale } from './collecting.ts';
import { CollectionStates } from './collection-states.ts';
import { runTask, type TaskRules } from './run-task.ts';
import type { CollectedResource, Registration, TaskReport } from './task.ts';
import { type InventoryV1, type StreamMode, upsertV1 } from './upsert-v1.ts';

const defaultPriority = 10;

/** The old inventory's side of collecting. */
export function collectingV1(servers: Table, { domainId, clock }: CollectingOptions): Collecting {
  let ids = 0;
  let tasks = 0;
  const priorities = new Map<string, number>();
  const states = new CollectionStates();
  const inventory: InventoryV1 = {
    servers,
    states,
    writers: new Map(),
    domainId,
    priorityOf: (collectorId) => priorities.get(collectorId) ?? defaultPriority,
    nextId: () => `server-collected-${++ids}`,
  };
  const store = (
    registration: Registration,
    streams: Iterable<AsyncIterable<CollectedResource>>,
  ): Promise<TaskReport> => {
    priorities.set(registration.collectorId, registration.priority ?? defaultPriority);
    const collectsGarbage = texts(registration.metadata?.supported_features).includes('garbage_collection');
    const rules: TaskRules = {
      startStream(run) {
        const mode: StreamMode = { updateMode: undefined };
        return (collected) => upsertV1(collected, inventory, run, mode);
      },
      countsAll: true,
      brokenCode: 'ERROR_COLLECTOR_COLLECTING',
      settle: (run) => (collectsGarbage ? states.settle(run, servers) : { disconnected: 0, deleted: 0 }),
    };
    return runTask(registration, `task-${++tasks}`, new Date(clock()).toISOString(), streams, rules);
  };
  return {
    store,
    async collectFrom(url, registration, options: JsonObject = {}) {
      using client = new Client(Endpoint.parse(url));
      const { metadata } = await client.call(CollectorDefinition, 'init', { options });
      const request = { options, secret_data: registration.secret.data, filter: {} };
      const known = isObject(metadata) ? { ...registration, metadata } : registration;
      return await store(known, [client.stream(CollectorDefinition, 'collect', request)]);
    },
    deleteStale: (hours) => deleteStale(servers, states, clock(), hours),
  };
}
