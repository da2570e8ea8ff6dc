import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ResourceState } from '#model/resource.ts';
import { engines, traitsOf } from './catalog.ts';
import { secondsOf } from './listed.ts';
import { inPart } from './parts.ts';
import type { Project } from './projects.ts';
import type { GoogleResource } from './resource.ts';
import type { Rest } from './rest.ts';

/** Of an instance of Cloud SQL, what is read. */
const Instance = z.object({
  name: z.string(),
  region: z.string(),
  gceZone: z.string().optional(),
  databaseVersion: z.string().default(''),
  state: z.string().default(''),
  instanceType: z.string().default(''),
  createTime: z.string().optional(),
  selfLink: z.string().min(1),
  settings: z
    .object({
      tier: z.string().default(''),
      activationPolicy: z.string().default(''),
      dataDiskSizeGb: z.string().regex(/^\d+$/).optional(),
      userLabels: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
});
type Instance = z.infer<typeof Instance>;

const Page = z.object({
  items: z.array(Instance).default([]),
  warnings: z
    .array(z.object({ code: z.string(), message: z.string().default(''), region: z.string().default('') }))
    .default([]),
  nextPageToken: z.string().optional(),
});

const fields =
  'items(name,region,gceZone,databaseVersion,state,instanceType,createTime,selfLink,settings(tier,activationPolicy,dataDiskSizeGb,userLabels)),warnings(code,message,region),nextPageToken';

/**
 * The instances of Cloud SQL of a project, all of which are asked for together. Free.
 *
 * @param scoped whether the metrics of other projects are told by the same place
 * @throws CollectError also where a region could not be looked into, after those of the others
 */
export async function* listDatabases(
  rest: Rest,
  { id: project }: Project,
  scoped: boolean,
  signal: AbortSignal,
): AsyncGenerator<GoogleResource[]> {
  const lost = new Map<string, string>();
  const found: GoogleResource[] = [];
  let failure: CollectError | undefined;
  try {
    for await (const page of pagesOf(rest, project, signal)) {
      // A primary that runs elsewhere is listed for its replicas' sake.
      const own = page.items.filter(({ instanceType }) => instanceType !== 'ON_PREMISES_INSTANCE');
      found.push(...own.map((instance) => resourceOf(instance, project)));
      for (const { code, message, region } of page.warnings) lost.set(region, message || code);
    }
  } catch (caught) {
    failure = CollectError.from(caught);
  }
  if (found.length > 0) yield inPart(found, scoped ? { project } : {});
  if (failure !== undefined) throw failure;
  if (lost.size > 0) throw lostRegions(lost, project);
}

async function* pagesOf(rest: Rest, project: string, signal: AbortSignal): AsyncGenerator<z.infer<typeof Page>> {
  let pageToken: string | undefined;
  do {
    const page: z.infer<typeof Page> = await rest(
      {
        api: 'sqladmin:instances.list',
        service: 'sqlAdmin',
        path: `/sql/v1beta4/projects/${project}/instances`,
        query: { maxResults: '500', fields, pageToken },
        reply: Page,
        where: project,
      },
      signal,
    );
    yield page;
    pageToken = page.nextPageToken || undefined;
  } while (pageToken !== undefined);
}

function resourceOf(instance: Instance, project: string): GoogleResource {
  const { name, region, gceZone: zone, databaseVersion, settings } = instance;
  const { tier, dataDiskSizeGb } = settings;
  const size = sizeOf(tier);
  const createdAt = secondsOf(instance.createTime);
  const engine = engines.find((each) => databaseVersion.toLowerCase().startsWith(each));
  return {
    ...traitsOf('cloud_sql_instance'),
    account: project,
    region,
    id: instance.selfLink,
    series: [{ id: `${project}:${name}` }],
    name,
    state: stateOf(instance),
    instanceType: tier,
    platform: databaseVersion,
    tags: settings.userLabels,
    externalLink: `https://console.cloud.google.com/sql/instances/${name}/overview?project=${project}`,
    part: {},
    ...(zone === undefined ? {} : { zone }),
    ...(engine === undefined ? {} : { engine }),
    ...(createdAt === undefined ? {} : { createdAt, idSince: createdAt }),
    ...(size === undefined ? {} : { vcpus: size.vcpus }),
    constants: {
      ...(size === undefined ? {} : { 'memory.total': size.memoryBytes }),
      ...(dataDiskSizeGb === undefined ? {} : { 'storage.total': Number(dataDiskSizeGb) * 2 ** 30 }),
    },
  };
}

/** `db-custom-4-15360`; other tiers do not tell by their names. */
function sizeOf(tier: string) {
  const [, vcpus, mebibytes] = /^db-custom-(\d+)-(\d+)$/.exec(tier) ?? [];
  return vcpus === undefined ? undefined : { vcpus: Number(vcpus), memoryBytes: Number(mebibytes) * 2 ** 20 };
}

/** One that its owner stopped is RUNNABLE, and not to be activated. */
function stateOf({ state, settings }: Instance): ResourceState {
  switch (state) {
    case 'RUNNABLE':
    case 'MAINTENANCE':
    case 'ONLINE_MAINTENANCE':
    case 'REPAIRING':
      return settings.activationPolicy === 'NEVER' ? 'STOPPED' : 'RUNNING';
    case 'SUSPENDED':
    case 'STOPPED':
      return 'STOPPED';
    case 'PENDING_CREATE':
      return 'PENDING';
    case 'PENDING_DELETE':
      return 'TERMINATED';
    default:
      return 'UNKNOWN';
  }
}

function lostRegions(lost: ReadonlyMap<string, string>, project: string): CollectError {
  const [first] = lost.values();
  return new CollectError('unavailable', `sqladmin:instances.list answered in part: ${first}`, {
    where: [...lost.keys()].map((region) => `${project}/${region}`).join(', '),
    fix: 'run `fleetgauge collect` again later',
  });
}
