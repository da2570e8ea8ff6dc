import { systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { Client } from '#wire/client.ts';
import { CollectorDefinition as CollectorV1 } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import { CollectorDefinition as CollectorV2 } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import type { CollectedResource, Registration } from '../../demo/cloudforet/collecting/task.ts';
import { type FleetOptions, makeFleet } from '../../demo/cloudforet/inventory/make-fleet.ts';
import type { Platform, PlatformOptions } from '../../demo/cloudforet/platform.ts';
import { startPlatformV1 } from '../../demo/cloudforet/platform-v1.ts';
import { startPlatformV2 } from '../../demo/cloudforet/platform-v2.ts';
import { collectorServices } from './service.ts';

/** Noon of a day on which everything here happens, epoch milliseconds. */
export const worldNow = Date.UTC(2026, 10, 18, 12);
const monthMs = 30 * 86_400_000;

export interface WorldOptions extends Omit<PlatformOptions, 'clock'> {
  readonly generation: Generation;
  /** Invented; `servers` and `secrets` are taken in place of it. */
  readonly fleet?: FleetOptions;
  /** Of a call to the platform. */
  readonly timeoutMs?: number;
}

export interface CollectChoices {
  readonly options?: object;
  readonly secretData?: object;
  readonly task?: object;
  readonly signal?: AbortSignal;
}

/** A simulated platform, and this collector beside it. */
export interface CollectorWorld {
  readonly platform: Platform<object>;
  /** Of the collector. */
  readonly url: string;
  readonly client: Client;
  readonly notices: string[];
  /** Moves the time of both. */
  setNow(now: number): void;
  init(options: object): Promise<unknown>;
  verify(choices?: CollectChoices): Promise<unknown>;
  collect(choices?: CollectChoices): Promise<CollectedResource[]>;
  stream(choices?: CollectChoices): AsyncGenerator<CollectedResource, void>;
  tasks(choices?: CollectChoices): Promise<object[]>;
  close(): Promise<void>;
}

/** The records of a world are a month old, so that nothing of it is too new. */
export async function startWorld({ generation, fleet, timeoutMs, ...rest }: WorldOptions): Promise<CollectorWorld> {
  let now = worldNow - monthMs;
  const clock = () => now;
  const options = { ...(fleet === undefined ? {} : makeFleet(fleet)), ...rest, clock };
  const platform: Platform<object> =
    generation === 'v1' ? await startPlatformV1(options) : await startPlatformV2(options);
  now = worldNow;
  const stop = new AbortController();
  const notices: string[] = [];
  const { port, closed } = await serve({
    generation,
    services: collectorServices(generation, {
      clock: { ...systemClock, now: clock, sleep: hurry },
      onNotice: (text) => notices.push(text),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    }),
    version: '0',
    host: '127.0.0.1',
    port: 0,
    signal: stop.signal,
    graceMs: 0,
  });
  const client = new Client({ address: `127.0.0.1:${port}`, tls: false }, { retryOn: [] });
  const requestOf = ({ options: asked = {}, secretData = platform.secretData, task }: CollectChoices = {}) => ({
    options: { ...asked },
    secret_data: { ...secretData },
    filter: {},
    ...(task === undefined ? {} : { task_options: { ...task } }),
  });
  const stream = (choices?: CollectChoices): AsyncGenerator<CollectedResource, void> => {
    const { task_options, ...common } = requestOf(choices);
    const call = choices?.signal === undefined ? {} : { signal: choices.signal };
    return generation === 'v1'
      ? client.stream(CollectorV1, 'collect', common, call)
      : client.stream(CollectorV2, 'collect', { ...common, ...(task_options && { task_options }) }, call);
  };
  return {
    platform,
    url: `grpc://127.0.0.1:${port}`,
    client,
    notices,
    setNow: (ms) => {
      now = ms;
    },
    init: (asked) => client.call(CollectorV2, 'init', { options: { ...asked } }),
    verify(choices) {
      const { options: asked, secret_data } = requestOf(choices);
      return client.call(CollectorV2, 'verify', { options: asked, secret_data });
    },
    stream,
    collect: (choices) => Array.fromAsync(stream(choices)),
    async tasks(choices) {
      const { options: asked, secret_data } = requestOf(choices);
      const { tasks } = await client.call(JobDefinition, 'get_tasks', { options: asked, secret_data });
      return tasks.map(({ task_options }) => task_options ?? {});
    },
    async close() {
      client.close();
      stop.abort();
      await closed;
      await platform.close();
    },
  };
}

/** Waits are cut short: the time of this world stands still. */
function hurry(_ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve) => setImmediate(resolve));
}

/** A collector that is registered with a key of the platform itself, as its guide says. */
export function registrationOf({ platform }: CollectorWorld): Registration {
  return {
    collectorId: 'collector-fleetgauge',
    pluginId: 'plugin-fleetgauge',
    secret: {
      secretId: 'secret-spaceone',
      provider: 'aws',
      schema: 'spaceone_api_key',
      data: { ...platform.secretData },
    },
  };
}

/** How a call fails. */
export async function failureOf(work: Promise<unknown>): Promise<CollectError> {
  const caught = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (caught instanceof CollectError) return caught;
  throw new Error(`no CollectError: ${caught}`);
}
