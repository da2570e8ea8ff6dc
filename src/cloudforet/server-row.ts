import { z } from 'zod';

/** A server as either generation's inventory lists it, as far as it is read. */
export interface ServerRow {
  /** The platform's own id: server_id, cloud_service_id. */
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly type: string;
  /** '' where the record has none. */
  readonly account: string;
  readonly region: string;
  readonly instanceType: string;
  readonly resourceId: string;
  readonly externalLink: string;
  /** Of the secret that it was collected with; '' where the record does not say it. 2.x only. */
  readonly secretId: string;
  /** 2.x only. */
  readonly workspaceId: string;
  readonly createdAt: string;
  readonly data: ServerData;
  readonly tags: unknown;
}

const Text = z.string().catch('');

/** What the clouds' own collectors write, each part of which may be missing or of another form. */
const ServerData = z
  .looseObject({
    compute: z.looseObject({ account: Text, instance_state: Text }).catch({ account: '', instance_state: '' }),
    /** An empty list at times. */
    hardware: z.looseObject({ memory: z.number().optional().catch(undefined) }).catch({}),
  })
  .catch({ compute: { account: '', instance_state: '' }, hardware: {} });
export type ServerData = z.infer<typeof ServerData>;

/** What the rows of both generations have in common. */
interface ServerInfo {
  readonly name: string;
  readonly account: string;
  readonly instance_type: string;
  readonly cloud_service_group: string;
  readonly cloud_service_type: string;
  readonly region_code: string;
  readonly data: object | undefined;
  readonly tags: object | undefined;
  readonly reference: { readonly resource_id: string; readonly external_link: string } | undefined;
  readonly created_at: string;
}

export function rowOf(info: ServerInfo, own: Pick<ServerRow, 'id' | 'secretId' | 'workspaceId'>): ServerRow {
  return {
    ...own,
    name: info.name,
    group: info.cloud_service_group,
    type: info.cloud_service_type,
    account: info.account,
    region: info.region_code,
    instanceType: info.instance_type,
    resourceId: info.reference?.resource_id ?? '',
    externalLink: info.reference?.external_link ?? '',
    createdAt: info.created_at,
    data: ServerData.parse(info.data),
    tags: info.tags,
  };
}
