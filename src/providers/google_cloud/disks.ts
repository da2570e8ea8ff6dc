import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ResourceState } from '#model/resource.ts';
import { type AggregatedListing, aggregatedList, type ScopePage, Warning } from './aggregated-list.ts';
import { traitsOf } from './catalog.ts';
import { lastOf, secondsOf } from './listed.ts';
import type { Project } from './projects.ts';
import type { GoogleResource, SeriesName } from './resource.ts';
import type { Rest } from './rest.ts';

/** Of a persistent disk, what is read. */
const Disk = z.object({
  id: z.string().regex(/^\d+$/),
  name: z.string(),
  status: z.string().default(''),
  type: z.string().default(''),
  sizeGb: z.string().regex(/^\d+$/).optional(),
  selfLink: z.string().min(1),
  creationTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  users: z.array(z.string()).default([]),
});
type Disk = z.infer<typeof Disk>;

const disks: AggregatedListing<Disk> = {
  api: 'compute:disks.aggregatedList',
  plural: 'disks',
  fields: 'id,name,status,type,sizeGb,selfLink,creationTimestamp,labels,users',
  scope: z
    .object({ disks: z.array(Disk).default([]), warning: Warning.optional() })
    .transform(({ disks: rows, warning }) => ({ rows, warning })),
};

/** An instance, for the disks that it has and what it calls them. */
const Holder = z.object({
  id: z.string().regex(/^\d+$/),
  disks: z.array(z.object({ source: z.string().optional(), deviceName: z.string() })).default([]),
});

const holders: AggregatedListing<z.infer<typeof Holder>> = {
  api: 'compute:instances.aggregatedList',
  plural: 'instances',
  fields: 'id,disks(source,deviceName)',
  scope: z
    .object({ instances: z.array(Holder).default([]), warning: Warning.optional() })
    .transform(({ instances: rows, warning }) => ({ rows, warning })),
};

/**
 * The persistent disks of a project, each once. Free. Its instances are listed first: they alone know what a disk's time
 * series are called.
 *
 * @throws CollectError after the pages of the zones that could be looked into
 */
export async function* listDisks(rest: Rest, project: Project, signal: AbortSignal): AsyncGenerator<GoogleResource[]> {
  const { attached, failure } = await findAttached(rest, project, signal);
  for await (const page of aggregatedList(rest, project, disks, signal))
    yield page.rows.map((disk) => resourceOf(disk, attached.get(pathOf(disk.selfLink)) ?? [], page, project.id));
  if (failure !== undefined) throw failure;
}

/** By disk, what it is called by those that have it; local SSDs are no resources and have no source. */
async function findAttached(rest: Rest, project: Project, signal: AbortSignal) {
  const attached = new Map<string, SeriesName[]>();
  try {
    for await (const { rows } of aggregatedList(rest, project, holders, signal)) {
      for (const { id, disks: own } of rows) {
        for (const { source, deviceName: part } of own) {
          if (source === undefined) continue;
          const known = attached.get(pathOf(source));
          const name = { id, part, ofId: own.length };
          if (known === undefined) attached.set(pathOf(source), [name]);
          else known.push(name);
        }
      }
    }
  } catch (caught) {
    return { attached, failure: CollectError.from(caught) };
  }
  return { attached, failure: undefined };
}

/** Of a URL, what follows the project: the services of Google differ in what comes before. */
function pathOf(url: string): string {
  return url.replace(/^.*\/projects\/[^/]+\//, '');
}

function resourceOf(
  disk: Disk,
  series: readonly SeriesName[],
  { zone, region }: ScopePage<Disk>,
  project: string,
): GoogleResource {
  const { name, sizeGb, selfLink } = disk;
  const createdAt = secondsOf(disk.creationTimestamp);
  const place = zone === undefined ? `regions/${region}` : `zones/${zone}`;
  return {
    ...traitsOf('persistent_disk'),
    account: project,
    region,
    id: selfLink,
    series,
    name,
    state: stateOf(disk),
    instanceType: lastOf(disk.type),
    tags: disk.labels,
    externalLink: `https://console.cloud.google.com/compute/disksDetail/${place}/disks/${name}?project=${project}`,
    part: zone === undefined || series.length > 1 ? { isApart: true } : {},
    ...(zone === undefined ? {} : { zone }),
    ...(createdAt === undefined ? {} : { createdAt, idSince: createdAt }),
    constants: sizeGb === undefined ? {} : { 'storage.total': Number(sizeGb) * 2 ** 30 },
  };
}

/** A disk works only while a VM has it. */
function stateOf({ status, users }: Disk): ResourceState {
  switch (status) {
    case 'CREATING':
    case 'RESTORING':
      return 'PENDING';
    case 'READY':
      return users.length > 0 ? 'RUNNING' : 'STOPPED';
    case 'DELETING':
      return 'TERMINATED';
    default:
      return 'UNKNOWN';
  }
}
