import { z } from 'zod';
import type { ResourceState } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { type AggregatedListing, aggregatedList, Warning } from './aggregated-list.ts';
import { traitsOf } from './catalog.ts';
import type { DiscoveryContext } from './discovery-context.ts';
import { lastOf, secondsOf } from './listed.ts';
import type { TypeFacts } from './machine-types.ts';
import type { Project } from './projects.ts';
import type { GoogleResource } from './resource.ts';

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

const listing: AggregatedListing<Instance> = {
  api: 'compute:instances.aggregatedList',
  plural: 'instances',
  fields:
    'id,name,status,machineType,selfLink,creationTimestamp,lastStopTimestamp,lastSuspendedTimestamp,labels,disks(boot,licenses)',
  scope: z
    .object({ instances: z.array(Instance).default([]), warning: Warning.optional() })
    .transform(({ instances: rows, warning }) => ({ rows, warning })),
};

/** The instances of a project, each once. Free. @throws CollectError after the pages of the zones that could be looked into */
export async function* listInstances(
  context: DiscoveryContext,
  project: Project,
  signal: AbortSignal,
): AsyncGenerator<GoogleResource[]> {
  for await (const { zone = '', rows } of aggregatedList(context.rest, project, listing, signal))
    yield await resourcesOf(context, rows, project.id, zone, signal);
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
    ...traitsOf(serverType),
    account: project,
    region: zone.replace(/-[a-z]$/, ''),
    zone,
    id: selfLink,
    instanceId: id,
    series: [{ id }],
    name,
    state,
    instanceType,
    tags: labels,
    externalLink: `https://console.cloud.google.com/compute/instancesDetail/zones/${zone}/instances/${name}?project=${project}`,
    hasBalloon: instanceType.startsWith('e2-'),
    part: {},
    ...(platform === undefined ? {} : { platform }),
    ...(createdAt === undefined ? {} : { createdAt, idSince: createdAt }),
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
