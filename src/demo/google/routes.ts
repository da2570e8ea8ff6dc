import { aggregatedList, type Listing } from './aggregated-list.ts';
import type { Call } from './cloud.ts';
import { disks, instances, machineTypeJson, predefinedTypes } from './compute-listings.ts';
import { ApiError } from './errors.ts';
import { namesPlace } from './faults.ts';
import { letIn } from './gate.ts';
import { generateAccessToken } from './iam-credentials.ts';
import type { Principal } from './identities.ts';
import { listTimeSeries } from './list-time-series.ts';
import { findMachineType } from './machine-types.ts';
import { metadataOf } from './metadata-server.ts';
import { listMetricDescriptors } from './metric-descriptors.ts';
import { oauthToken, type TokenCall } from './oauth-token.ts';
import type { SimProject } from './projects.ts';
import { checkParams } from './query-params.ts';
import { listRegions } from './regions-list.ts';
import { oldProjectJson, projectJson, searchProjects } from './resource-manager.ts';
import type { ServiceName } from './services.ts';
import { listSqlInstances } from './sql-instances.ts';
import { stsToken } from './sts-token.ts';
import { findZone } from './zones.ts';

/** One method of one API. */
export interface Route {
  readonly service: ServiceName;
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** JSON text (plain text from the metadata server). @throws ApiError or OAuthError */
  answer(call: Call): { readonly body: string; readonly headers?: Readonly<Record<string, string>> };
}

/** A caller who may read the project in the path. */
interface Admitted extends Call {
  readonly project: SimProject;
}

const routes: readonly Route[] = [
  {
    service: 'oauth2',
    operation: 'oauth2.token',
    method: 'POST',
    path: /^\/token$/,
    answer: (call) => ({ body: oauthToken(tokenCall(call)) }),
  },
  {
    service: 'sts',
    operation: 'sts.token',
    method: 'POST',
    path: /^\/v1\/token$/,
    answer: (call) => ({ body: stsToken(tokenCall(call)) }),
  },
  {
    service: 'iamcredentials',
    operation: 'iamcredentials.generateAccessToken',
    method: 'POST',
    path: /^\/v1\/projects\/-\/serviceAccounts\/(?<email>[^/:]+):generateAccessToken$/,
    answer: (call) => ({ body: impersonation(call) }),
  },
  {
    service: 'metadata',
    operation: 'metadata',
    method: 'GET',
    path: /^\/computeMetadata\/v1\/?(?<key>.*)$/,
    answer: metadata,
  },
  {
    service: 'cloudresourcemanager',
    operation: 'cloudresourcemanager.projects.search',
    method: 'GET',
    path: /^\/v3\/projects:search$/,
    answer: (call) => ({ body: searchProjects(paramsOf(call), readable(call)) }),
  },
  inProject(
    'cloudresourcemanager',
    'resourcemanager.projects.get',
    /^\/v3\/projects\/(?<project>[^/:]+)$/,
    ({ project }) => JSON.stringify(projectJson(project)),
  ),
  inProject(
    'cloudresourcemanager',
    'resourcemanager.projects.get',
    /^\/v1\/projects\/(?<project>[^/:-][^/:]*)$/,
    ({ project }) => JSON.stringify(oldProjectJson(project)),
  ),
  inProject('monitoring', 'monitoring.timeSeries.list', /^\/v3\/projects\/(?<project>[^/]+)\/timeSeries$/, timeSeries),
  inProject(
    'monitoring',
    'monitoring.metricDescriptors.list',
    /^\/v3\/projects\/(?<project>[^/]+)\/metricDescriptors$/,
    (call) => listMetricDescriptors(paramsOf(call), call.project),
  ),
  aggregated('instances', ({ cloud, project }) => instances(cloud.world, project, cloud.now())),
  aggregated('disks', ({ cloud, project }) => disks(cloud.world, project, cloud.now())),
  aggregated('machineTypes', ({ project }) => predefinedTypes(project)),
  inProject('compute', 'compute.regions.list', /^\/compute\/v1\/projects\/(?<project>[^/]+)\/regions$/, (call) =>
    listRegions(paramsOf(call), call.project.id),
  ),
  inProject(
    'compute',
    'compute.machineTypes.get',
    /^\/compute\/v1\/projects\/(?<project>[^/]+)\/zones\/(?<zone>[^/]+)\/machineTypes\/(?<type>[^/]+)$/,
    machineType,
  ),
  inProject(
    'sqladmin',
    'cloudsql.instances.list',
    /^\/sql\/v1beta4\/projects\/(?<project>[^/]+)\/instances$/,
    ({ cloud, project, request, faults }) =>
      listSqlInstances({
        params: request.url.searchParams,
        databases: cloud.world.databases(project),
        unreachable: (region) => namesPlace(faults.unreachableZones, project.id, region),
        now: cloud.now(),
      }),
  ),
];

/** The method that a request means, and the named parts of its path. */
export function findRoute(method: string, pathname: string) {
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(pathname) : null;
    if (match === null) continue;
    return { route, path: { ...match.groups } };
  }
  return undefined;
}

/** A method that demands a permission in the project of its path. */
function inProject(service: ServiceName, permission: string, path: RegExp, answer: (call: Admitted) => string): Route {
  return {
    service,
    operation: permission,
    method: 'GET',
    path,
    answer: (call) => {
      const { cloud, faults, project, path: parts } = call;
      const principal = authenticated(call, service);
      const projectName = parts.project ?? '';
      const visitor = { service, permission, projectName, project, principal, faults };
      return { body: answer({ ...call, project: letIn(visitor, cloud.buckets) }) };
    },
  };
}

function aggregated(plural: string, listingOf: (call: Admitted) => Listing): Route {
  const path = new RegExp(`^/compute/v1/projects/(?<project>[^/]+)/aggregated/${plural}$`);
  return inProject('compute', `compute.${plural}.list`, path, (call) => {
    const { project, faults } = call;
    const unreachable = ({ name }: { name: string }) => namesPlace(faults.unreachableZones, project.id, name);
    return aggregatedList({ params: paramsOf(call), projectId: project.id, unreachable }, listingOf(call));
  });
}

function authenticated({ cloud, request }: Call, service: ServiceName): Principal {
  return cloud.tokens.authenticate(service, request.header('authorization'));
}

function paramsOf({ request }: Call): URLSearchParams {
  return request.url.searchParams;
}

function tokenCall({ cloud, request, faults }: Call): TokenCall {
  const { identities, tokens, origin, wallNow } = cloud;
  const form = new URLSearchParams(request.body);
  return { form, identities, tokens, origin, wallNow: wallNow(), tokenSeconds: faults.tokenSeconds };
}

function impersonation(call: Call): string {
  const { cloud, request, path, faults } = call;
  const principal = authenticated(call, 'iamcredentials');
  const { identities, tokens } = cloud;
  const { tokenSeconds } = faults;
  return generateAccessToken({
    email: path.email?.replace('%40', '@') ?? '',
    body: parseJson(request.body),
    principal,
    identities,
    tokens,
    tokenSeconds,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('INVALID_ARGUMENT', 'Invalid JSON payload received. Unexpected end of string.');
  }
}

function metadata(call: Call): ReturnType<Route['answer']> {
  const { cloud, request, path, faults } = call;
  const flavor = { 'metadata-flavor': 'Google', server: 'Metadata Server for VM' };
  const [project] = cloud.world.projects;
  if (request.header('metadata-flavor') !== 'Google') {
    throw new ApiError('PERMISSION_DENIED', 'Missing Metadata-Flavor:Google header.', { headers: flavor });
  }
  const { identities, tokens } = cloud;
  const text =
    project &&
    metadataOf({
      path: path.key ?? '',
      params: paramsOf(call),
      project,
      identities,
      tokens,
      tokenSeconds: faults.tokenSeconds,
    });
  if (text === undefined) throw new ApiError('NOT_FOUND', 'The requested URL was not found.', { headers: flavor });
  const type = text.startsWith('{') ? 'application/json' : 'application/text';
  return { body: text, headers: { ...flavor, 'content-type': type } };
}

function readable(call: Call): readonly SimProject[] {
  const { cloud, faults } = call;
  const { reads } = authenticated(call, 'cloudresourcemanager');
  const closed = ({ id }: SimProject) => namesPlace(faults.denied, 'cloudresourcemanager', id);
  return reads ? cloud.world.projects.filter((project) => !closed(project)) : [];
}

function timeSeries(call: Admitted): string {
  const { cloud, project, faults, row } = call;
  const readablePlace = ({ id }: SimProject, place: string) => !namesPlace(faults.unreadableSeries, id, place);
  const answer = listTimeSeries({
    params: paramsOf(call),
    world: cloud.world,
    project,
    horizon: cloud.horizon(),
    readable: readablePlace,
    mostSeries: faults.mostSeries,
  });
  row.series += answer.series;
  row.points += answer.points;
  return answer.json;
}

function machineType(call: Admitted): string {
  const { project, path } = call;
  checkParams(paramsOf(call), []);
  const zone = findZone(path.zone ?? '');
  const type = findMachineType(path.type ?? '');
  if (zone !== undefined && type !== undefined) return JSON.stringify(machineTypeJson(type, project, zone));
  const resource = `projects/${project.id}/zones/${path.zone}/machineTypes/${path.type}`;
  throw new ApiError('NOT_FOUND', `The resource '${resource}' was not found`, { reason: 'notFound' });
}
