import {
  EndpointDefinition,
  EndpointSearchQuery_EndpointType,
} from '#wire/gen/v2/spaceone/api/identity/v2/endpoint.ts';
import { implement, type Service } from '#wire/service.ts';
import type { DeskV2 } from '../desk.ts';
import type { ServiceUrls } from './endpoints.ts';

interface Listed {
  readonly service: string;
  readonly name: string;
  endpoint: string | undefined;
  internal_endpoint: string | undefined;
}

/**
 * Endpoint.list as today's generation answers it: to anybody, token or none, and with its flaw. It blanks the URL that was not
 * asked for in the platform's own list, so that after one call of each type both are gone until the platform restarts.
 *
 * @param urls known once the port is
 */
export function endpointV2(desk: DeskV2, urls: () => readonly ServiceUrls[]): Service {
  let shared: readonly Listed[] | undefined;
  return implement(EndpointDefinition, {
    list: desk.open('Endpoint.list', (request, { addItems, faults }) => {
      shared ??= urls().map(({ service, name, url }) => ({ service, name, endpoint: url, internal_endpoint: url }));
      const wanted = shared.filter(({ service }) => request.service === '' || request.service === service);
      for (const each of wanted) {
        if (request.endpoint_type === EndpointSearchQuery_EndpointType.INTERNAL) each.endpoint = undefined;
        else each.internal_endpoint = undefined;
      }
      const urlless = { endpoint: undefined, internal_endpoint: undefined };
      const results = wanted.map((each) => (faults.emptyEndpoints ? { ...each, ...urlless } : { ...each }));
      addItems(results.length);
      return { results, total_count: results.length };
    }),
  });
}
