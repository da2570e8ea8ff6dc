import { CollectorDefinition as CollectorV1 } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import { CollectorDefinition as CollectorV2 } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import type { Generation } from '#wire/generation.ts';
import { requiredParameter } from '#wire/platform-error.ts';
import type { Call } from '#wire/serve-method.ts';
import { implement, type Service } from '#wire/service.ts';
import { collect, listTasks, verify } from './collect.ts';
import { pluginMetadata } from './metadata.ts';
import { parseOptions } from './options.ts';
import { parseTaskOptions } from './task-options.ts';

interface CollectRequest {
  readonly options: object | undefined;
  readonly secret_data: object | undefined;
  readonly task_options?: object | undefined;
}

/** What we offer to Cloudforet as a collector, in the words of either generation. */
export function collectorServices(generation: Generation): Service[] {
  const init = ({ options }: { options: object | undefined }) => {
    parseOptions(options);
    return { metadata: pluginMetadata() };
  };
  const verifyAll = async (request: CollectRequest, { signal }: Call) => {
    await verify(callOf(generation, request, signal));
    return {};
  };
  const collectAll = (request: CollectRequest, { signal }: Call) => collect(callOf(generation, request, signal));
  if (generation === 'v1') return [implement(CollectorV1, { init, verify: verifyAll, collect: collectAll })];
  return [
    implement(CollectorV2, { init, verify: verifyAll, collect: collectAll }),
    implement(JobDefinition, {
      get_tasks: async (request, { signal }) => {
        const tasks = await listTasks(callOf(generation, request, signal));
        return { tasks: tasks.map((task_options) => ({ task_options })) };
      },
    }),
  ];
}

function callOf(generation: Generation, { options, secret_data, task_options }: CollectRequest, signal: AbortSignal) {
  if (options === undefined) throw requiredParameter('options');
  if (secret_data === undefined) throw requiredParameter('secret_data');
  return {
    generation,
    options: parseOptions(options),
    secretData: secret_data,
    task: parseTaskOptions(task_options),
    signal,
  };
}
