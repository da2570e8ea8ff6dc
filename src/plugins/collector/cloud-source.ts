import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import type { Connection, Provider } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import { metricsOf, serverType } from '#model/resource-type.ts';
import { lastDays } from '#model/window.ts';
import type { CollectCall } from './call.ts';
import { cloudAccess } from './cloud-secret.ts';
import { keysFor, wantsProvider } from './options.ts';
import type { Place, Source } from './source.ts';
import { partsOf, selects, type TaskOptions } from './task-options.ts';

/** Straight from the cloud that the secret opens. @throws CollectError */
export async function openCloud(call: CollectCall): Promise<Source> {
  const { options, signal, clock } = call;
  const { provider, secret } = await cloudAccess(call.secretData);
  if (!wantsProvider(provider.id, options)) {
    throw new CollectError('invalid_input', `the secret is of ${provider.id}, which the options leave out`, {
      where: 'options.providers',
    });
  }
  if (options.normalization === 'legacy') {
    throw new CollectError(
      'invalid_input',
      "the old plugin's numbers can be told only by way of the platform, with an api_key in secret_data",
      { where: 'options.normalization' },
    );
  }
  const gate = createGate({ limits: provider.limits, ledger: new Ledger(), clock });
  const connection = await provider.connect(secret, { gate, now: clock.now, signal });
  return {
    replacesLayouts: call.generation === 'v2',
    places: () => placesOf(connection, provider, call),
    tasks: () => tasksOf(connection, provider, call),
    verify: () => verify(connection, provider, call),
    close: connection.close,
  };
}

/** The task's place, or all that the options leave. */
async function* placesOf(connection: Connection, provider: Provider, call: CollectCall): AsyncGenerator<Place> {
  const { options, task, signal } = call;
  const keys = keysFor(provider.id, options);
  const measurable = metricsOf(provider, serverType);
  for (const fleet of fleetsOf(connection, call)) {
    const regions = task?.region === undefined ? await regionsOf(fleet, call, signal) : [task.region];
    for (const region of regions) yield { provider: provider.id, fleet, region, keys, measurable };
  }
}

function fleetsOf({ fleets, principal }: Connection, { task, options: { accounts } }: CollectCall): readonly Fleet[] {
  if (task === undefined) {
    const has = (fleet: Fleet) => (fleet.accounts ?? [fleet.account]).some((account) => accounts.includes(account));
    return accounts.length === 0 ? fleets : fleets.filter(has);
  }
  const own = fleets.filter(({ account, provider }) => account === task.account && provider === task.provider);
  if (own.length > 0) return own;
  throw new CollectError(
    'invalid_input',
    `the task is of ${task.provider} ${task.account}, which ${principal} does not open`,
    { where: 'task_options' },
  );
}

async function regionsOf(fleet: Fleet, { options }: CollectCall, signal: AbortSignal): Promise<readonly string[]> {
  return fleet.isRegional && options.regions.length > 0 ? options.regions : fleet.regions(signal);
}

/** A region each, or several parts of a large one. Regions without servers have none. */
async function tasksOf(connection: Connection, provider: Provider, call: CollectCall): Promise<TaskOptions[]> {
  const tasks: TaskOptions[] = [];
  for await (const { fleet, region } of placesOf(connection, provider, call)) {
    // A region that cannot be looked into gets a task, which will say so.
    const servers = await countServers(fleet, region, call).catch(() => 1);
    const place = { provider: provider.id, account: fleet.account, ...(fleet.isRegional ? { region } : {}) };
    if (servers > 0) tasks.push(...partsOf(place, servers));
  }
  return tasks;
}

async function countServers(fleet: Fleet, region: string, { options, signal }: CollectCall): Promise<number> {
  let servers = 0;
  for await (const page of fleet.resources(region, [serverType], signal)) {
    servers += page.filter((resource) => selects(resource, options, undefined)).length;
  }
  return servers;
}

/** Looks for a server and measures it. Where no region has one, that is all there is to try. */
async function verify(connection: Connection, provider: Provider, call: CollectCall): Promise<void> {
  for await (const { fleet, region, keys } of placesOf(connection, provider, call)) {
    const resource = await firstServer(fleet, region, call.signal);
    if (resource === undefined) continue;
    const { options, clock, signal } = call;
    const survey = await fleet.survey(region, signal);
    const want = { resource, keys, statistics: options.statistics, days: lastDays(1, clock.now()) };
    const plan = fleet.plan([want], survey);
    for (const { error } of plan.unasked) if (error !== undefined) throw error;
    for (const request of plan.requests) {
      for (const { error } of (await fleet.fetch(request, signal)).failures) throw error;
    }
    return;
  }
}

async function firstServer(fleet: Fleet, region: string, signal: AbortSignal): Promise<Resource | undefined> {
  for await (const page of fleet.resources(region, [serverType], signal)) {
    const server = page.find(({ state }) => state === 'RUNNING');
    if (server !== undefined) return server;
  }
  return undefined;
}
