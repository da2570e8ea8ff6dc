import { type Clock, systemClock } from '#collect/clock.ts';
import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import type { Connection } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { lastDays } from '#model/window.ts';
import type { Generation } from '#wire/generation.ts';
import { type CloudAccess, cloudAccess } from './cloud-secret.ts';
import { type Emission, emitter } from './emission.ts';
import type { CollectorOptions } from './options.ts';
import { isInTask, type TaskOptions, tasksOf } from './task-options.ts';

export interface CollectCall {
  readonly generation: Generation;
  readonly options: CollectorOptions;
  readonly secretData: object | undefined;
  readonly task: TaskOptions | undefined;
  /** Aborts when the caller has gone: then no further call to the cloud is made, and those in flight are broken off. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Discovers and measures an account straight from its cloud, and tells each server as soon as its batch is read.
 *
 * What could not be read is told too, once per cause: a region that refuses does not end the others, and a platform that
 * sees a failure does not take servers that it did not hear of for gone.
 *
 * @throws CollectError where nothing at all could be read
 */
export async function* collect(call: CollectCall): AsyncGenerator<Emission> {
  const access = await cloudAccess(call.secretData);
  const connection = await connect(access, call);
  const emit = emitter(call.generation, access.provider, call.options.statistics);
  let told = 0;
  let lastError: CollectError | undefined;
  try {
    for await (const { fleet, region } of placesOf(connection, call)) {
      const causes = new Set<string>();
      try {
        for await (const batch of readRegion(fleet, region, call)) {
          for (const server of batch) {
            const emission = emit.server(server);
            if (emission !== undefined) {
              if (server.days.size > 0 || server.failures.length === 0) told++;
              yield emission;
            }
            for (const { error } of newCauses(server, causes)) {
              lastError = error;
              yield emit.failure(error, server.resource.id);
            }
          }
        }
      } catch (caught) {
        lastError = CollectError.from(caught);
        if (call.signal.aborted) throw lastError;
        yield emit.failure(lastError);
      }
    }
    if (told === 0 && lastError !== undefined) throw lastError;
  } finally {
    connection.close();
  }
}

/** Tasks that together are exactly the account: a region each, or several parts of a large one. Regions without servers have none. */
export async function listTasks(call: CollectCall): Promise<TaskOptions[]> {
  const access = await cloudAccess(call.secretData);
  const connection = await connect(access, call);
  const tasks: TaskOptions[] = [];
  try {
    for await (const { fleet, region } of placesOf(connection, call)) {
      // A region that cannot be looked into gets a task, which will say so.
      const servers = await countServers(fleet, region, call).catch(() => 1);
      if (servers > 0) tasks.push(...tasksOf(access.provider.id, fleet.account, region, servers));
    }
  } finally {
    connection.close();
  }
  return tasks;
}

/**
 * Signs in, looks for a server, and measures it: every kind of call that a collection makes. Where no region has a server,
 * that is all there is to try.
 *
 * @throws CollectError the first refusal, naming the permission
 */
export async function verify(call: CollectCall): Promise<void> {
  const connection = await connect(await cloudAccess(call.secretData), call);
  try {
    for await (const { fleet, region } of placesOf(connection, call)) {
      const server = await firstServer(fleet, region, call.signal);
      if (server === undefined) continue;
      await measureOne(fleet, region, server, call);
      return;
    }
  } finally {
    connection.close();
  }
}

async function firstServer(fleet: Fleet, region: string, signal: AbortSignal): Promise<Resource | undefined> {
  for await (const page of fleet.resources(region, [serverType], signal)) {
    const server = page.find(({ state }) => state === 'RUNNING');
    if (server !== undefined) return server;
  }
  return undefined;
}

async function measureOne(
  fleet: Fleet,
  region: string,
  resource: Resource,
  { options, signal, clock = systemClock }: CollectCall,
): Promise<void> {
  const survey = await fleet.survey(region, signal);
  const { supported_metrics: keys, statistics } = options;
  const plan = fleet.plan([{ resource, keys, statistics, days: lastDays(1, clock.now()) }], survey);
  for (const { error } of plan.unasked) if (error !== undefined) throw error;
  for (const request of plan.requests) {
    for (const { error } of (await fleet.fetch(request, signal)).failures) throw error;
  }
}

function connect({ provider, secret }: CloudAccess, { signal, clock = systemClock }: CollectCall): Promise<Connection> {
  const gate = createGate({ limits: provider.limits, ledger: new Ledger(), clock });
  return provider.connect(secret, { gate, now: clock.now, signal });
}

/** Where to read: the task's one place, or all that the options leave. */
async function* placesOf({ fleets, principal }: Connection, { task, options, signal }: CollectCall) {
  if (task === undefined) {
    for (const fleet of fleets) {
      const isNarrowed = fleet.isRegional && options.regions.length > 0;
      for (const region of isNarrowed ? options.regions : await fleet.regions(signal)) yield { fleet, region };
    }
    return;
  }
  const fleet = fleets.find(({ account, provider }) => account === task.account && provider === task.provider);
  if (fleet === undefined) {
    throw new CollectError(
      'invalid_input',
      `the task is of ${task.provider} ${task.account}, which ${principal} does not open`,
      { where: 'task_options' },
    );
  }
  yield { fleet, region: task.region };
}

function readRegion(fleet: Fleet, region: string, call: CollectCall): AsyncGenerator<CollectedServer[]> {
  const { options, signal, clock = systemClock } = call;
  return collectRegion({
    fleet,
    region,
    types: [serverType],
    wanted: {
      keys: options.supported_metrics,
      statistics: options.statistics,
      window: lastDays(options.supported_period, clock.now()),
    },
    concurrency: options.concurrency,
    selects: (resource) => selects(resource, call),
    known: async () => new Map(),
    stopping: signal,
    signal,
    now: clock.now,
  });
}

async function countServers(fleet: Fleet, region: string, call: CollectCall): Promise<number> {
  let servers = 0;
  for await (const page of fleet.resources(region, [serverType], call.signal))
    servers += page.filter((resource) => selects(resource, { ...call, task: undefined })).length;
  return servers;
}

function selects(resource: Resource, { options: { regions, states, tags }, task }: CollectCall): boolean {
  return (
    (regions.length === 0 || regions.includes(resource.region)) &&
    (task === undefined || isInTask(resource, task)) &&
    (states.length === 0 || states.some((state) => state === resource.state)) &&
    Object.entries(tags).every(([name, value]) => resource.tags[name] === value)
  );
}

/** Failures whose cause was not told in this region yet. */
function newCauses({ failures }: CollectedServer, told: Set<string>) {
  return failures.filter(({ error: { message } }) => {
    if (told.has(message)) return false;
    told.add(message);
    return true;
  });
}
