/** Where the services of a platform are. */
export interface EndpointPlace {
  /** `grpc://host:port` or `grpc+ssl://…`, as plugins outside see it; absent where there is no such way. */
  readonly publicUrl?: string;
  /** As its own workers see it. */
  readonly internalUrl?: string;
  readonly version: string;
}

export type EndpointType = 'PUBLIC' | 'INTERNAL';

/** As both generations say it; theirs of the first has no `internal_endpoint`. */
export interface Endpoint {
  readonly service: string;
  readonly name: string;
  readonly endpoint: string;
  readonly internal_endpoint: string;
  readonly state: 'ACTIVE';
  readonly version: string;
}

const services = {
  identity: 'Identity Service',
  inventory: 'Inventory Service',
  monitoring: 'Monitoring Service',
  plugin: 'Plugin Service',
  secret: 'Secret Service',
} as const satisfies Record<string, string>;

/**
 * The services, by name. As Cloudforet's second generation has it, INTERNAL leaves `endpoint` empty and anything else
 * `internal_endpoint`; the first generation answers in `endpoint` whatever was asked for. Where one of the addresses is not
 * known, the other stands for it.
 *
 * @param service one alone
 */
export function listEndpoints(
  { publicUrl, internalUrl, version }: EndpointPlace,
  {
    generation,
    type,
    service,
  }: { readonly generation: 'V1' | 'V2'; readonly type: EndpointType; readonly service?: string },
): Endpoint[] {
  const isInternal = type === 'INTERNAL';
  const url = (isInternal ? (internalUrl ?? publicUrl) : (publicUrl ?? internalUrl)) ?? '';
  const isApart = isInternal && generation === 'V2';
  return Object.entries(services)
    .filter(([id]) => service === undefined || service === id)
    .map(([id, name]) => ({
      service: id,
      name,
      endpoint: isApart ? '' : url,
      internal_endpoint: isApart ? url : '',
      state: 'ACTIVE',
      version,
    }));
}
