import { CollectError } from '#model/errors.ts';
import type { Client } from '#wire/client.ts';
import { Endpoint } from '#wire/endpoint.ts';
import { EndpointDefinition as EndpointV1 } from '#wire/gen/v1/spaceone/api/identity/v1/endpoint.ts';
import {
  EndpointSearchQuery_EndpointType,
  EndpointDefinition as EndpointV2,
} from '#wire/gen/v2/spaceone/api/identity/v2/endpoint.ts';
import type { Generation } from '#wire/generation.ts';

export const endpointTypes = ['internal', 'public'] as const;
export type EndpointType = (typeof endpointTypes)[number];

/** The services that are read from, by the names that Identity has for them. */
export const services = ['inventory', 'monitoring'] as const;
export type ServiceName = (typeof services)[number];

export interface Listed {
  /** Identity's own, which need not be the one of the other services: 1.10 to 1.12 mix them. */
  readonly generation: Generation;
  /** @throws CollectError `not_found` where Identity has no usable URL of the service */
  find(service: ServiceName): Endpoint;
}

/**
 * Asks Identity where the services are. Only ever for one type: 2.x blanks the URL that was not asked for in a list that it
 * keeps, so that after a call of each type both are gone. For the same reason either URL is taken where the other is empty.
 *
 * @param domainId demanded by 1.x
 * @throws CollectError
 */
export async function listEndpoints(
  identity: Client,
  type: EndpointType,
  domainId: string,
  signal: AbortSignal,
): Promise<Listed> {
  if (await identity.supports(EndpointV2.fullName)) {
    const endpoint_type = EndpointSearchQuery_EndpointType[type === 'internal' ? 'INTERNAL' : 'PUBLIC'];
    const { results } = await identity.call(EndpointV2, 'list', { endpoint_type }, { signal });
    return listed('v2', results, ({ endpoint, internal_endpoint }) =>
      type === 'internal' ? internal_endpoint || endpoint : endpoint || internal_endpoint,
    );
  }
  if (await identity.supports(EndpointV1.fullName)) {
    const { results } = await identity.call(
      EndpointV1,
      'list',
      { endpoint_type: type, domain_id: domainId },
      { signal },
    );
    return listed('v1', results, ({ endpoint }) => endpoint);
  }
  throw new CollectError('not_found', 'there is no Identity service of Cloudforet', {
    where: 'secret_data.endpoint',
    fix: 'the gRPC endpoint of Identity, such as grpc://identity:50051',
  });
}

function listed<Row extends { readonly service: string }>(
  generation: Generation,
  rows: readonly Row[],
  urlOf: (row: Row) => string,
): Listed {
  return {
    generation,
    find(service) {
      const urls = rows.filter((row) => row.service === service).map(urlOf);
      const endpoint = Endpoint.safeParse(urls.find((url) => url !== ''));
      if (endpoint.success) return endpoint.data;
      throw new CollectError('not_found', `Identity names no gRPC endpoint of the ${service} service`, {
        where: 'identity Endpoint.list',
        fix: `options.endpoints.${service}, as grpc://host:port`,
      });
    },
  };
}
