import { systemClock } from '#collect/clock.ts';
import { createGate } from '#platform/identity/grpc-caller.ts';
import { endpointV1, endpointV2, type GrpcPlace } from '#platform/identity/grpc-endpoint.ts';
import { domainV2, tokenV2 } from '#platform/identity/grpc-token.ts';
import { cloudServiceV2 } from '#platform/inventory/grpc-cloud-service-v2.ts';
import { serverV1 } from '#platform/inventory/grpc-server-v1.ts';
import { openDataSources } from '#platform/monitoring/data-sources.ts';
import { dataSourceV1, dataSourceV2 } from '#platform/monitoring/grpc-data-source.ts';
import { metricV1 } from '#platform/monitoring/grpc-metric-v1.ts';
import { metricV2 } from '#platform/monitoring/grpc-metric-v2.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import type { Store } from '#store/store.ts';
import type { Generation } from '#wire/generation.ts';
import type { Service } from '#wire/service.ts';
import { ownSources } from './grpc-own-sources.ts';

export interface PlatformParts extends GrpcPlace {
  readonly store: Store;
  readonly masterKey: MasterKey;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The platform's services for those who speak Cloudforet, each generation's apart: they share names. */
export interface PlatformServices extends Readonly<Record<Generation, readonly Service[]>>, Disposable {}

/** @throws CollectError `store_failed` */
export async function platformServices(parts: PlatformParts): Promise<PlatformServices> {
  const { store, masterKey, now } = parts;
  using started = new DisposableStack();
  const own = started.use(ownSources({ ...systemClock, now }));
  const sources = started.use(await openDataSources({ store, masterKey, own: own.all, now }));
  const gate = createGate(store, now);
  const all = started.move();
  return {
    v1: [
      endpointV1(gate, { version: parts.version }),
      serverV1(gate, store, now),
      dataSourceV1(gate, sources, now),
      metricV1(gate, store, sources),
    ],
    v2: [
      endpointV2(parts),
      tokenV2(gate, store, masterKey, now),
      domainV2(gate, store),
      cloudServiceV2(gate, store, now),
      dataSourceV2(gate, sources, now),
      metricV2(gate, store, sources),
    ],
    [Symbol.dispose]: () => all.dispose(),
  };
}
