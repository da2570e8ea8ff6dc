import type { Dimension } from '@aws-sdk/client-cloudwatch';
import type { Resource } from '#model/resource.ts';
import type { RowSetId } from './rows.ts';
import type { Ec2Server } from './server.ts';

/** A resource that is measured row by row of the catalog: of any type but servers. */
export interface RowResource extends Resource {
  readonly rows: RowSetId;
  /** Of all of its metrics. */
  readonly dimensions: readonly Dimension[];
  /** Epoch seconds from which on it is known to have been there, where not even that is known of its birth. */
  readonly thereSince?: number;
}

export type AwsResource = Ec2Server | RowResource;

export function isServer(resource: AwsResource): resource is Ec2Server {
  return 'ebs' in resource;
}
