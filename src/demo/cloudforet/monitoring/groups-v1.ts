import type { JsonObject } from '#wire/struct/json.ts';
import { valueAt } from '../inventory/dotted-path.ts';
import type { Secrets } from '../inventory/secrets.ts';
import type { CloudSecret, Provider } from '../inventory/server.ts';
import { isObject, text, texts } from '../json.ts';
import type { DataSource } from './data-source.ts';

/** Resources that the old generation asks a data source for at once. */
export interface Group {
  readonly secret: CloudSecret;
  /** Of AWS's only. */
  readonly region: string | undefined;
  readonly queries: Map<string, JsonObject>;
}

const limits = { aws: 200, google_cloud: 100, azure: 10 } as const satisfies Record<Provider, number>;

const monitoringPaths = {
  aws: 'data.cloudwatch',
  google_cloud: 'data.stackdriver',
  azure: 'data.azure_monitor',
} as const satisfies Record<Provider, string>;

/**
 * Puts resources of one secret, and of AWS's of one region, together. A group takes one more than its limit, as the platform
 * looks at it before it adds. Resources without the provider's key in `data` or without a secret are left out and nobody is told.
 */
export function groupResources(rows: readonly JsonObject[], source: DataSource, secrets: Secrets): Group[] {
  const groups: Group[] = [];
  for (const row of rows) {
    const query = valueAt(row, monitoringPaths[source.provider]);
    const secret = secretOf(row, source, secrets);
    if (!isObject(query) || secret === undefined) continue;
    const region = source.provider === 'aws' ? text(query.region_name) : undefined;
    const last = groups.findLast((group) => group.secret === secret && group.region === region);
    if (last !== undefined && last.queries.size <= limits[source.provider])
      last.queries.set(text(row.server_id), query);
    else groups.push({ secret, region, queries: new Map([[text(row.server_id), query]]) });
  }
  return groups;
}

/** The data source's own secret, else the first that the resource was collected with. */
export function secretOf(row: JsonObject, source: DataSource, secrets: Secrets): CloudSecret | undefined {
  const { provider, schemas, secretId } = source;
  if (secretId !== undefined) return secrets.find({ secretIds: [secretId], schemas });
  const secretIds = texts(valueAt(row, 'collection_info.secrets'));
  return secretIds.length === 0 ? undefined : secrets.find({ provider, secretIds, schemas });
}
