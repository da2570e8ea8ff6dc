import { platformProviders } from '#cloudforet/catalog/all.ts';
import type { PlatformProvider } from '#cloudforet/catalog/platform-provider.ts';
import type { DataSource, ServerQuery } from '#cloudforet/dialect.ts';
import { legacyReading } from '#cloudforet/legacy-reading.ts';
import { connectPlatform, type Platform } from '#cloudforet/platform.ts';
import { measured, type Reading } from '#cloudforet/reading.ts';
import { parsePlatformSecret } from '#cloudforet/secret.ts';
import { CollectError } from '#model/errors.ts';
import { serverType } from '#model/resource-type.ts';
import { isPercentile } from '#model/statistic.ts';
import { lastDays } from '#model/window.ts';
import type { CollectCall } from './call.ts';
import { keysFor, wantsProvider } from './options.ts';
import type { Place, Source, Unreadable } from './source.ts';
import { selects, type TaskOptions, tasksOfAccount } from './task-options.ts';

/** By way of the platform: its inventory's servers, measured by its data sources. @throws CollectError */
export async function openPlatform(call: CollectCall): Promise<Source> {
  const { options, signal, clock, timeoutMs } = call;
  checkStatistics(call);
  const platform = await connectPlatform(parsePlatformSecret(call.secretData), {
    endpointType: options.endpoint_type,
    endpoints: options.endpoints,
    concurrency: options.concurrency,
    timeoutMs,
    now: clock.now(),
    signal,
  });
  const reading = options.normalization === 'legacy' ? legacyReading(clock.now()) : measured;
  return {
    replacesLayouts: false,
    places: () => placesOf(platform, reading, call),
    tasks: () => tasksOf(platform, reading, call),
    verify: () => verify(platform, reading, call),
    close: platform.close,
  };
}

/** The platform's data sources know no percentiles, and the old plugin knew avg and max. */
function checkStatistics({ options: { statistics, normalization } }: CollectCall): void {
  const wrong = statistics.find((each) => isPercentile(each) || (normalization === 'legacy' && each === 'min'));
  if (wrong === undefined) return;
  const allowed = normalization === 'legacy' ? 'avg, max' : 'avg, max, min';
  throw new CollectError('invalid_input', `${wrong} cannot be had by way of the platform. Allowed: ${allowed}.`, {
    where: 'options.statistics',
  });
}

async function* placesOf(platform: Platform, reading: Reading, call: CollectCall): AsyncGenerator<Place | Unreadable> {
  for (const provider of providersOf(call)) {
    try {
      // A provider that has no servers needs no data source.
      if ((await countServers(platform, provider, call)) === 0) continue;
      const sources = await dataSourcesOf(platform, provider, call);
      yield placeOf(platform, reading, provider, sources, call);
    } catch (caught) {
      const error = CollectError.from(caught);
      if (call.signal.aborted) throw error;
      yield { provider: provider.id, error };
    }
  }
}

function placeOf(
  platform: Platform,
  reading: Reading,
  provider: PlatformProvider,
  sources: readonly DataSource[],
  call: CollectCall,
): Place {
  const fleet = platform.fleet({ provider, sources, reading, ...queryOf(call) });
  const { id } = provider;
  return {
    provider: id,
    fleet,
    region: 'global',
    keys: keysFor(id, call.options),
    measurable: reading.keysOf(provider),
  };
}

async function countServers({ dialect }: Platform, provider: PlatformProvider, call: CollectCall): Promise<number> {
  const query = { provider, ...queryOf(call) };
  return (await dialect.listServers(query, { start: 1, limit: 1 }, call.signal)).total;
}

function providersOf({ options, task }: CollectCall): readonly PlatformProvider[] {
  const wanted = platformProviders.filter(({ id }) => wantsProvider(id, options) && (task?.provider ?? id) === id);
  if (wanted.length > 0) return wanted;
  const ids = platformProviders.map(({ id }) => id).join(', ');
  throw new CollectError('invalid_input', `no provider is left that the platform can be asked for. Allowed: ${ids}.`, {
    where: task === undefined ? 'options.providers' : 'task_options.provider',
  });
}

/** All that are enabled; of the others it is said that they are not. */
async function dataSourcesOf(
  { dialect }: Platform,
  provider: PlatformProvider,
  { signal, onNotice }: CollectCall,
): Promise<readonly DataSource[]> {
  const all = await dialect.listDataSources(provider, signal);
  const enabled = all.filter(({ isEnabled }) => isEnabled);
  const disabled = all.filter(({ isEnabled }) => !isEnabled).map(({ id, name }) => `${name} (${id})`);
  if (enabled.length > 0) {
    if (disabled.length > 0) onNotice(`left out, since they are disabled: data sources ${disabled.join(', ')}`);
    return enabled;
  }
  const why = disabled.length === 0 ? 'none is registered' : `${disabled.join(', ')} is disabled`;
  throw new CollectError('not_found', `${provider.id} has no data source for metrics: ${why}`, {
    where: `${provider.id} DataSource.list`,
    fix: 'register or enable one, or leave the provider out by options.providers',
  });
}

function queryOf({ options, task }: CollectCall) {
  return {
    accounts: task?.account ? [task.account] : options.accounts,
    regions: task?.region ? [task.region] : options.regions,
  };
}

/** By provider and account; those of a large account by region and size. */
async function tasksOf(platform: Platform, reading: Reading, call: CollectCall): Promise<TaskOptions[]> {
  const tasks: TaskOptions[] = [];
  for (const provider of providersOf(call)) {
    const { fleet } = placeOf(platform, reading, provider, [], call);
    const accounts = new Map<string, Map<string, number>>();
    for await (const page of fleet.resources('global', [serverType], call.signal)) {
      for (const server of page.filter((each) => selects(each, call.options, undefined))) {
        const regions = accounts.get(server.account) ?? new Map<string, number>();
        accounts.set(server.account, regions.set(server.region, (regions.get(server.region) ?? 0) + 1));
      }
    }
    for (const [account, regions] of accounts) tasks.push(...tasksOfAccount(provider.id, account, regions));
  }
  return tasks;
}

/** How many running servers are tried: one may have nothing to tell. */
const serversToTry = 20;

/** Of each provider that has servers: the inventory, the data sources, and a metric of some running servers. */
async function verify(platform: Platform, reading: Reading, call: CollectCall): Promise<void> {
  for (const provider of providersOf(call)) {
    const query = { provider, ...queryOf(call) };
    const { rows } = await platform.dialect.listServers(query, { start: 1, limit: 1000 }, call.signal);
    const [first] = rows;
    if (first === undefined) continue;
    await checkWorkspace(platform, query, first.workspaceId, call.signal);
    const place = placeOf(platform, reading, provider, await dataSourcesOf(platform, provider, call), call);
    await readSome(place, call);
  }
}

/** A secret's servers are matched in its own workspace only, so that a token that sees others sees too much. */
async function checkWorkspace(
  { dialect, token }: Platform,
  query: ServerQuery,
  workspaceId: string,
  signal: AbortSignal,
): Promise<void> {
  if (workspaceId === '' || token.workspaceId !== undefined) return;
  const others = await dialect.listServers({ ...query, notInWorkspace: workspaceId }, { start: 1, limit: 1 }, signal);
  if (others.total === 0) return;
  throw new CollectError('invalid_input', 'the token sees servers of several workspaces', {
    where: 'secret_data.api_key',
    fix: "a client secret of an app of the workspace that this collector's secret is in, role WORKSPACE_OWNER",
  });
}

async function readSome({ fleet, region, keys }: Place, { options, clock, signal }: CollectCall): Promise<void> {
  const days = lastDays(options.supported_period, clock.now());
  for await (const page of fleet.resources(region, [serverType], signal)) {
    const running = page.filter(({ state }) => state === 'RUNNING').slice(0, serversToTry);
    if (running.length === 0) continue;
    const one = keys.filter((key) => key === 'cpu.utilization');
    const wants = running.map((resource) => ({
      resource,
      keys: one.length > 0 ? one : keys,
      statistics: options.statistics,
      days,
    }));
    const plan = fleet.plan(wants, undefined);
    for (const { error } of plan.unasked) if (error !== undefined) throw error;
    for (const request of plan.requests) {
      for (const { error } of (await fleet.fetch(request, signal)).failures) throw error;
    }
    return;
  }
}
