import { EndpointDefinition } from '#wire/gen/v1/spaceone/api/identity/v1/endpoint.ts';
import { implement, type Service } from '#wire/service.ts';
import type { DeskV1 } from '../desk.ts';
import type { ServiceUrls } from './endpoints.ts';

/**
 * Endpoint.list as the old generation answers it: of the list that `endpoint_type` names (any unknown one means public), all
 * of it; neither `service` nor the query narrows it. Public and internal URLs are the same here.
 *
 * @param urls known once the port is
 */
export function endpointV1(desk: DeskV1, urls: () => readonly ServiceUrls[]): Service {
  return implement(EndpointDefinition, {
    list: desk.method('Endpoint.list', 'identity.Endpoint.list', (_request, _caller, { addItems, faults }) => {
      const results = urls().map(({ service, name, url }) => ({
        service,
        name,
        endpoint: faults.emptyEndpoints ? '' : url,
      }));
      addItems(results.length);
      return { results, total_count: results.length };
    }),
  });
}
