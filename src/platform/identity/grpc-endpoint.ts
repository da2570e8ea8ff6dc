import { EndpointDefinition as EndpointV1 } from '#wire/gen/v1/spaceone/api/identity/v1/endpoint.ts';
import {
  EndpointInfo_EndpointState,
  EndpointSearchQuery_EndpointType,
  EndpointDefinition as EndpointV2,
} from '#wire/gen/v2/spaceone/api/identity/v2/endpoint.ts';
import type { Call } from '#wire/serve-method.ts';
import { implement, type Service } from '#wire/service.ts';
import { type EndpointPlace, listEndpoints } from './endpoints.ts';
import type { Gate } from './grpc-caller.ts';

/** Where a platform's gRPC is, as far as it was told. */
export interface GrpcPlace {
  /** `grpc+ssl://gauge.corp:443`, where a proxy stands before it; else it is where the caller reached it. */
  readonly publicUrl?: string | undefined;
  readonly version: string;
}

const { ACTIVE } = EndpointInfo_EndpointState;

/** Endpoint.list of the first generation: for those with a token; any type that is not internal is public. */
export function endpointV1(gate: Gate, place: GrpcPlace): Service {
  return implement(EndpointV1, {
    list: gate.method('viewer', ({ service, endpoint_type }, _caller, call) => {
      const type = endpoint_type === 'internal' ? 'INTERNAL' : 'PUBLIC';
      const found = listEndpoints(placeOf(place, call), { generation: 'V1', type, ...one(service) });
      const results = found.map(({ internal_endpoint: _, ...endpoint }) => ({ ...endpoint, state: ACTIVE }));
      return { results, total_count: results.length };
    }),
  });
}

/** Endpoint.list of today's generation, which asks nobody for a token. */
export function endpointV2(place: GrpcPlace): Service {
  return implement(EndpointV2, {
    list: ({ service, endpoint_type }, call) => {
      const type = endpoint_type === EndpointSearchQuery_EndpointType.INTERNAL ? 'INTERNAL' : 'PUBLIC';
      const found = listEndpoints(placeOf(place, call), { generation: 'V2', type, ...one(service) });
      const results = found.map((endpoint) => ({ ...endpoint, state: ACTIVE }));
      return { results, total_count: results.length };
    },
  });
}

/** Who has reached us by a name can do so again. */
function placeOf({ publicUrl, version }: GrpcPlace, { host }: Call): EndpointPlace {
  const own = `grpc://${host}`;
  return { publicUrl: publicUrl ?? own, internalUrl: own, version };
}

function one(service: string) {
  return service === '' ? {} : { service };
}
