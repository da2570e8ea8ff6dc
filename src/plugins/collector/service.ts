import { type Clock, systemClock } from '#collect/clock.ts';
import { CollectorDefinition as CollectorV1 } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import { CollectorDefinition as CollectorV2 } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import type { Generation } from '#wire/generation.ts';
import { requiredParameter } from '#wire/platform-error.ts';
import type { Call } from '#wire/serve-method.ts';
import { implement, type Service } from '#wire/service.ts';
import type { CollectCall } from './call.ts';
import { collect, listTasks, verify } from './collect.ts';
import { pluginMetadata } from './metadata.ts';
import { parseOptions } from './options.ts';
import { parseTaskOptions } from './task-options.ts';

export interface CollectorSettings {
  readonly clock?: Clock;
  /** Of each try of a call to the platform, milliseconds. Default 180,000, as the platform's own clients have it. */
  readonly timeoutMs?: number;
  /** Hears what is no failure and yet worth knowing, such as a data source that is switched off. */
  readonly onNotice?: (text: string) => void;
}

interface CollectRequest {
  readonly options: object | undefined;
  readonly secret_data: object | undefined;
  readonly task_options?: object | undefined;
}

/** What we offer to Cloudforet as a collector, in the words of either generation. */
export function collectorServices(generation: Generation, settings: CollectorSettings = {}): Service[] {
  const callOf = (request: CollectRequest, { signal }: Call) => readCall(request, generation, settings, signal);
  const init = ({ options }: { options: object | undefined }) => {
    parseOptions(options);
    return { metadata: pluginMetadata() };
  };
  const verifyAll = async (request: CollectRequest, call: Call) => {
    await verify(callOf(request, call));
    return {};
  };
  const collectAll = (request: CollectRequest, call: Call) => collect(callOf(request, call));
  if (generation === 'v1') return [implement(CollectorV1, { init, verify: verifyAll, collect: collectAll })];
  return [
    implement(CollectorV2, { init, verify: verifyAll, collect: collectAll }),
    implement(JobDefinition, {
      get_tasks: async (request, call) => {
        const tasks = await listTasks(callOf(request, call));
        return { tasks: tasks.map((task_options) => ({ task_options })) };
      },
    }),
  ];
}

function readCall(
  { options, secret_data, task_options }: CollectRequest,
  generation: Generation,
  { clock = systemClock, timeoutMs = 180_000, onNotice = () => {} }: CollectorSettings,
  signal: AbortSignal,
): CollectCall {
  if (options === undefined) throw requiredParameter('options');
  if (secret_data === undefined) throw requiredParameter('secret_data');
  return {
    generation,
    options: parseOptions(options),
    secretData: secret_data,
    task: parseTaskOptions(task_options),
    signal,
    clock,
    timeoutMs,
    onNotice,
  };
}
