import type { JsonObject } from '#wire/struct/json.ts';
import { awsSecret, awsServer } from '../calls.fixture.ts';
import type { CollectedResource, Registration } from './task.ts';

/** A metric collector that asks the platform itself: its secret is no cloud's. */
export const metricCollector: Registration = {
  collectorId: 'collector-metrics',
  pluginId: 'plugin-metrics',
  secret: { secretId: 'secret-platform', provider: 'spaceone', schema: '', data: {}, serviceAccountId: 'sa-spaceone' },
};

/** The same collector, run with the cloud's own secret. */
export const directCollector: Registration = { ...metricCollector, secret: awsSecret };

export interface CollectedParts {
  readonly type?: string;
  readonly state?: number;
  readonly message?: string;
  readonly matchRules?: JsonObject;
  readonly options?: JsonObject;
  readonly resource?: JsonObject;
}

/** A ResourceInfo about a server of `awsServer`, with its monitoring. */
export function collected(index: number, parts: CollectedParts = {}): CollectedResource {
  const { region, resourceId, account } = awsServer(index);
  return {
    state: parts.state ?? 4,
    message: parts.message ?? '',
    resource_type: parts.type ?? 'inventory.CloudService',
    match_rules: parts.matchRules ?? { '1': ['reference.resource_id'] },
    options: parts.options,
    resource: {
      provider: 'aws',
      cloud_service_group: 'EC2',
      cloud_service_type: 'Instance',
      account,
      region_code: region,
      reference: { resource_id: resourceId },
      data: { monitoring: { cpu: { utilization: { avg: 7 } } } },
      ...parts.resource,
    },
  };
}

export async function* streamOf(...resources: readonly CollectedResource[]): AsyncGenerator<CollectedResource> {
  yield* resources;
}

/** A stream that breaks off after what it has brought. */
export async function* broken(...resources: readonly CollectedResource[]): AsyncGenerator<CollectedResource> {
  yield* resources;
  throw new Error('the stream broke off');
}
