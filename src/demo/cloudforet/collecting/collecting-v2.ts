import { Client } from '#wire/client.ts';
import { Endpoint } from '#wire/endpoint.ts';
import { CollectorDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { Table } from '../inventory/table.ts';
import { isObject } from '../json.ts';
import { type Collecting, type CollectingOptions, deleteStale } from './collecting.ts';
import { CollectionStates } from './collection-states.ts';
import { runTask, type TaskRules } from './run-task.ts';
import type { CollectedResource, Registration, TaskReport } from './task.ts';
import { type InventoryV2, upsertV2 } from './upsert-v2.ts';

/** Today's inventory's side of collecting. */
export function collectingV2(cloudServices: Table, { domainId, workspaceId, clock }: CollectingOptions): Collecting {
  let ids = 0;
  let tasks = 0;
  const states = new CollectionStates();
  const inventory: InventoryV2 = {
    cloudServices,
    states,
    domainId,
    workspaceId,
    nextId: () => `cloud-svc-collected-${++ids}`,
  };
  const rules: TaskRules = {
    startStream: (run) => (collected) => upsertV2(collected, inventory, run),
    countsAll: false,
    brokenCode: 'ERROR_COLLECTOR_PLUGIN',
    settle: (run) => states.settle(run, cloudServices),
  };
  const store = (
    registration: Registration,
    streams: Iterable<AsyncIterable<CollectedResource>>,
  ): Promise<TaskReport> => runTask(registration, `task-${++tasks}`, new Date(clock()).toISOString(), streams, rules);
  return {
    store,
    async collectFrom(url, registration, options: JsonObject = {}) {
      using client = new Client(Endpoint.parse(url), { token: 'NO_TOKEN' });
      await client.call(CollectorDefinition, 'init', { options });
      const secret_data = registration.secret.data;
      const asked = await client
        .call(JobDefinition, 'get_tasks', { options, secret_data })
        .catch(() => ({ tasks: [] }));
      const subTasks = asked.tasks.map(({ task_options }) => (isObject(task_options) ? task_options : {}));
      const requests = subTasks.length > 0 ? subTasks.map((task_options) => ({ task_options })) : [{}];
      const streams = requests.map((request) =>
        client.stream(CollectorDefinition, 'collect', { options, secret_data, filter: {}, ...request }),
      );
      return await store(registration, streams);
    },
    deleteStale: (hours) => deleteStale(cloudServices, states, clock(), hours),
  };
}
