import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ResourceState } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { metricKeysOfGce } from './catalog.ts';
import { ServiceDisabledError } from './errors.ts';
import type { TypeFacts, TypeLookup } from './machine-types.ts';
import type { Project } from './projects.ts';
import type { GoogleResource } from './resource.ts';
import type { Rest } from './rest.ts';

/** Of an instance, what is read. */
const Instance = z.object({
  id: z.string().regex(/^\d+$/),
  name: z.string(),
  status: z.string(),
  machineType: z.string(),
  selfLink: z.string().min(1),
  creationTimestamp: z.string().optional(),
  lastStopTimestamp: z.string().optional(),
  lastSuspendedTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  disks: z.array(z.object({ boot: z.boolean().optional(), licenses: z.array(z.string()).optional() })).default([]),
});
type Instance = z.infer<typeof Instance>;

const Page = z.object({
  items: z
    .record(
      z.string(),
      z.object({
        instances: z.array(Instance).default([]),
        warning: z.object({ code: z.string(), message: z.string().default('') }).optional(),
      }),
    )
    .default({}),
  nextPageToken: z.string().optional(),
});

/** Instances bring startup scripts and keys: only what is read is asked for. */
const fields =
  'items/*/warning(code,message),items/*/instances(id,name,status,machineType,selfLink,creationTimestamp,lastStopTimestamp,lastSuspendedTimestamp,labels,disks(boot,licenses)),nextPageToken';

export interface DiscoveryContext {
  readonly rest: Rest;
  readonly lookUpTypes: TypeLookup;
}

/**
 * The instances of a project, each once, up to 500 a page. Free. A zone that cannot be looked into does not end the others:
 * it is told of after their pages.
 *
 * @throws CollectError
 */
export async function* listInstances(
  context: DiscoveryContext,
  project: Project,
  signal: AbortSignal,
): AsyncGenerator<GoogleResource[]> {
  const seen = new Set<string>();
  const unreachable = new Map<string, string>();
  let pageToken: string | undefined;
  do {
    const page = await readPage(context.rest, project, pageToken, signal);
    if (page === undefined) return;
    for (const [scope, { instances, warning }] of Object.entries(page.items)) {
      const zone = scope.replace(/^zones\//, '');
      if (warning !== undefined && warning.code !== 'NO_RESULTS_ON_PAGE')
        unreachable.set(zone, warning.message || warning.code);
      const found = instances.filter(({ id }) => isNew(id, seen));
      if (found.length > 0) yield await resourcesOf(context, found, project.id, zone, signal);
    }
    pageToken = page.nextPageToken || undefined;
  } while (pageToken !== undefined);
  if (unreachable.size > 0) throw unreachableZones(unreachable, project.id);
}

/** Undefined where Compute Engine was never switched on in a project that was merely found: it has no instances then. */
async function readPage(rest: Rest, { id, name }: Project, pageToken: string | undefined, signal: AbortSignal) {
  try {
    return await rest(
      {
        api: 'compute:instances.aggregatedList',
        service: 'compute',
        path: `/compute/v1/projects/${id}/aggregated/instances`,
        query: { maxResults: '500', returnPartialSuccess: 'true', fields, pageToken },
        reply: Page,
        where: id,
      },
      signal,
    );
  } catch (caught) {
    // The API that is off may also be that of the project whose account asks: then nothing is known.
    if (caught instanceof ServiceDisabledError && name !== undefined && caught.consumer === name) return undefined;
    throw caught;
  }
}

/** Pages are not a snapshot: an instance may come on two of them. */
function isNew(id: string, seen: Set<string>): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  return true;
}

function unreachableZones(zones: ReadonlyMap<string, string>, project: string): CollectError {
  const [first] = zones.values();
  return new CollectError(
    'unavailable',
    `compute:instances.aggregatedList: ${zones.size === 1 ? 'a zone' : `${zones.size} zones`} could not be looked into: ${first}`,
    {
      where: [...zones.keys()].map((zone) => `${project}/${zone}`).join(', '),
      fix: 'run `fleetgauge collect` again later',
    },
  );
}

async function resourcesOf(
  { rest, lookUpTypes }: DiscoveryContext,
  instances: readonly Instance[],
  project: string,
  zone: string,
  signal: AbortSignal,
): Promise<GoogleResource[]> {
  const types = new Set(instances.map(({ machineType }) => lastOf(machineType)));
  const known = await lookUpTypes(types, { rest, project, zone }, signal);
  return instances.map((instance) => resourceOf(instance, project, zone, known.get(lastOf(instance.machineType))));
}

function resourceOf(instance: Instance, project: string, zone: string, type: TypeFacts | undefined): GoogleResource {
  const { id, name, labels, selfLink } = instance;
  const instanceType = lastOf(instance.machineType);
  const state = stateOf(instance.status);
  const createdAt = secondsOf(instance.creationTimestamp);
  const stoppedAt = state === 'STOPPED' ? secondsOf(stopTimeOf(instance)) : undefined;
  const platform = instance.disks.find(({ boot }) => boot)?.licenses?.map(lastOf)[0];
  return {
    provider: 'google_cloud',
    group: 'ComputeEngine',
    type: 'Instance',
    typeId: serverType,
    account: project,
    region: zone.replace(/-[a-z]$/, ''),
    zone,
    id: selfLink,
    instanceId: id,
    name,
    state,
    instanceType,
    metrics: metricKeysOfGce,
    tags: labels,
    externalLink: `https://console.cloud.google.com/compute/instancesDetail/zones/${zone}/instances/${name}?project=${project}`,
    hasBalloon: instanceType.startsWith('e2-'),
    part: {},
    ...(platform === undefined ? {} : { platform }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(type === undefined ? {} : { vcpus: type.vcpus }),
    constants: type === undefined ? {} : { 'memory.total': type.memoryBytes },
  };
}

/** TERMINATED is Google's word for one that was stopped and can be started again. */
function stateOf(status: string): ResourceState {
  switch (status) {
    case 'PENDING':
    case 'PROVISIONING':
    case 'STAGING':
      return 'PENDING';
    case 'RUNNING':
    case 'PENDING_STOP':
      return 'RUNNING';
    case 'STOPPING':
    case 'STOPPED':
    case 'TERMINATED':
    case 'SUSPENDING':
    case 'SUSPENDED':
      return 'STOPPED';
    case 'DEPROVISIONING':
      return 'TERMINATED';
    default:
      return 'UNKNOWN';
  }
}

function stopTimeOf({ status, lastStopTimestamp, lastSuspendedTimestamp }: Instance): string | undefined {
  return status.startsWith('SUSPEND') ? lastSuspendedTimestamp : lastStopTimestamp;
}

function secondsOf(timestamp: string | undefined): number | undefined {
  const ms = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** The name at the end of a resource's URL. */
function lastOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
