import type { JsonObject } from '#wire/struct/json.ts';

export type Provider = 'aws' | 'google_cloud' | 'azure';

/** One server as its cloud's own collector has found it. Only what every server has is required. */
export interface CloudServer {
  readonly provider: Provider;
  /** Twelve digits, a project's id or a subscription's id. */
  readonly account: string;
  /** What Azure's collector writes into `data.compute.account`. Default: `account`. */
  readonly accountName?: string;
  readonly region: string;
  /** `reference.resource_id`: an instance id, a selfLink or an ARM id. */
  readonly resourceId: string;
  /** What its cloud's metrics know it by. Default: the last part of `resourceId`. */
  readonly instanceId?: string;
  readonly name: string;
  /** Default `RUNNING`. */
  readonly state?: string;
  readonly instanceType?: string;
  readonly cores?: number;
  readonly memoryGib?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of the secret that it was collected with. */
  readonly secretId: string;
  readonly projectId?: string;
  /** Default: the platform's first. */
  readonly workspaceId?: string;
  /** What its collector has left out: `data.compute.account`, or all of `data`. */
  readonly lacks?: 'compute.account' | 'data';
  /** First-level keys of `data` besides or in place of the collector's own. */
  readonly data?: JsonObject;
}

/** A secret of the platform: with which a cloud, or the platform itself, is asked. */
export interface CloudSecret {
  readonly secretId: string;
  readonly provider: string;
  readonly schema: string;
  readonly data: JsonObject;
  readonly serviceAccountId?: string;
  /** Moves what is collected with it to this project. */
  readonly projectId?: string;
  /** Default: the platform's first; `*` for the whole domain. */
  readonly workspaceId?: string;
}

export function instanceIdOf({ instanceId, resourceId }: CloudServer): string {
  return instanceId ?? resourceId.slice(resourceId.lastIndexOf('/') + 1);
}
