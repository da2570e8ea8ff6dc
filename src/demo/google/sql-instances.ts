import { stateAt } from '../fleet/life.ts';
import { openToken, sealToken } from '../fleet/page-token.ts';
import { parseComputeFilter, type ResourceJson } from './compute-filter.ts';
import type { Database } from './database.ts';
import { ApiError } from './errors.ts';
import { checkParams, countParam, textParam, timestamp } from './query-params.ts';

const standardPageSize = 100;
const mostPerPage = 1000;

/** What `instances.list` needs to answer. */
export interface SqlCall {
  readonly params: URLSearchParams;
  readonly databases: readonly Database[];
  /** Regions that cannot be reached: what is in them is left out, with a warning. */
  readonly unreachable: (region: string) => boolean;
  /** Epoch seconds. */
  readonly now: number;
}

/** `instances.list` of the Cloud SQL Admin API. @throws ApiError */
export function listSqlInstances({ params, databases, unreachable, now }: SqlCall): string {
  checkParams(params, ['filter', 'maxResults', 'pageToken']);
  const filter = textParam(params, 'filter');
  const passes = parseComputeFilter(filter, [
    'name',
    'project',
    'region',
    'state',
    'databaseVersion',
    'settings',
    'instanceType',
  ]);
  const size = Math.min(mostPerPage, countParam(params, 'maxResults', standardPageSize));
  const key = `sql/${filter ?? ''}`;
  const token = textParam(params, 'pageToken') || undefined;
  const [start] = token === undefined ? [0] : (openToken(key, token) ?? []);
  if (start === undefined) throw new ApiError('INVALID_ARGUMENT', 'Invalid page token.', { reason: 'invalid' });
  const lost = [...new Set(databases.map(({ region }) => region).filter(unreachable))];
  const found = databases
    .filter(({ region }) => !lost.includes(region))
    .map((database) => sqlInstanceJson(database, now))
    .filter(passes);
  const items = found.slice(start, start + size);
  return JSON.stringify({
    kind: 'sql#instancesList',
    ...(items.length === 0 ? {} : { items }),
    ...(lost.length === 0 ? {} : { warnings: lost.map(warningOf) }),
    ...(start + size < found.length ? { nextPageToken: sealToken(key, [start + size]) } : {}),
  });
}

function warningOf(region: string) {
  return { code: 'REGION_UNREACHABLE', message: `Region ${region} is unreachable.`, region };
}

/** One that its owner stopped is RUNNABLE all the same; its activation policy tells. */
function sqlInstanceJson(database: Database, now: number): ResourceJson {
  const { project, name, region, zone, version, tier, diskGb, life } = database;
  const runs = stateAt(life, now)?.name === 'running';
  return {
    kind: 'sql#instance',
    name,
    project: project.id,
    region,
    gceZone: zone,
    databaseVersion: version,
    state: 'RUNNABLE',
    instanceType: 'CLOUD_SQL_INSTANCE',
    backendType: 'SECOND_GEN',
    connectionName: `${project.id}:${region}:${name}`,
    createTime: timestamp(life.runs[0] ?? 0),
    settings: {
      kind: 'sql#settings',
      tier,
      activationPolicy: runs ? 'ALWAYS' : 'NEVER',
      availabilityType: 'ZONAL',
      dataDiskSizeGb: String(diskGb),
      dataDiskType: 'PD_SSD',
      userLabels: { team: 'data' },
    },
    selfLink: `https://sqladmin.googleapis.com/sql/v1beta4/projects/${project.id}/instances/${name}`,
  };
}
