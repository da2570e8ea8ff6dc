import { collectingV2 } from './collecting/collecting-v2.ts';
import { Desk, type DeskV2 } from './desk.ts';
import { callerV2 } from './identity/caller-v2.ts';
import { endpointV2 } from './identity/endpoint-v2.ts';
import { makeTokensV2, type TokensV2 } from './identity/tokens.ts';
import { cloudServiceRules, cloudServiceV2 } from './inventory/cloud-service-v2.ts';
import { rowV2 } from './inventory/server-row.ts';
import { Table } from './inventory/table.ts';
import { dataSourceV2 } from './monitoring/data-source-v2.ts';
import { metricV2 } from './monitoring/metric-v2.ts';
import { layFoundation, type Platform, type PlatformOptions } from './platform.ts';

/** Starts a platform of today's generation on a loopback port. @throws CollectError where a data source cannot be registered */
export async function startPlatformV2(options: PlatformOptions = {}): Promise<Platform<TokensV2>> {
  const foundation = await layFoundation('v2', options);
  const { domainId, workspaceId, clock, seed, startedAt: collectedAt, faults, stats, directory } = foundation;
  const { secrets, dataSources, urls, randomByte } = foundation;
  const cloudServices = new Table(cloudServiceRules, clock, seed);
  for (const [index, server] of (options.servers ?? []).entries()) {
    cloudServices.put(rowV2(server, index, { domainId, workspaceId, collectedAt }));
  }
  const desk: DeskV2 = new Desk({
    faults,
    stats,
    callerOf: (_request, { metadata }) => callerV2(metadata, directory, clock() / 1000),
  });
  const { port, close } = await foundation.listen([
    endpointV2(desk, urls),
    cloudServiceV2(desk, cloudServices),
    dataSourceV2(desk, dataSources),
    metricV2(desk, dataSources, cloudServices, secrets, randomByte),
  ]);
  const endpoint = `grpc://127.0.0.1:${port}`;
  const tokens = makeTokensV2(domainId, workspaceId, Math.floor(clock() / 1000));
  return {
    endpoint,
    port,
    tokens,
    secretData: { api_key_id: 'client-collector', api_key: tokens.app, endpoint },
    inventory: cloudServices,
    faults,
    stats: () => stats.rows(),
    close,
    ...collectingV2(cloudServices, { domainId, workspaceId, clock }),
  };
}
