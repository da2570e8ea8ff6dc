import { collectingV1 } from './collecting/collecting-v1.ts';
import { Desk, type DeskV1 } from './desk.ts';
import { callerV1 } from './identity/caller-v1.ts';
import { endpointV1 } from './identity/endpoint-v1.ts';
import { makeTokensV1, type TokensV1 } from './identity/tokens.ts';
import { rowV1 } from './inventory/server-row.ts';
import { serverRules, serverV1 } from './inventory/server-v1.ts';
import { Table } from './inventory/table.ts';
import { dataSourceV1 } from './monitoring/data-source-v1.ts';
import { metricV1 } from './monitoring/metric-v1.ts';
import { layFoundation, type Platform, type PlatformOptions } from './platform.ts';

/** Starts a platform of the old generation on a loopback port. @throws CollectError where a data source cannot be registered */
export async function startPlatformV1(options: PlatformOptions = {}): Promise<Platform<TokensV1>> {
  const foundation = await layFoundation('v1', options);
  const { domainId, workspaceId, clock, seed, startedAt: collectedAt, faults, stats, directory } = foundation;
  const { secrets, dataSources, urls } = foundation;
  const servers = new Table(serverRules, clock, seed);
  for (const [index, server] of (options.servers ?? []).entries()) {
    servers.put(rowV1(server, index, { domainId, workspaceId, collectedAt }));
  }
  const desk: DeskV1 = new Desk({
    faults,
    stats,
    callerOf: ({ domain_id }, { metadata }) => callerV1(metadata, domain_id, directory, clock() / 1000),
  });
  const { port, close } = await foundation.listen([
    endpointV1(desk, urls),
    serverV1(desk, servers),
    dataSourceV1(desk, dataSources),
    metricV1(desk, dataSources, servers, secrets),
  ]);
  const endpoint = `grpc://127.0.0.1:${port}`;
  const tokens = makeTokensV1(domainId, Math.floor(clock() / 1000));
  return {
    endpoint,
    port,
    tokens,
    secretData: { api_key_id: 'api-key-collector', api_key: tokens.apiKey, endpoint },
    inventory: servers,
    faults,
    stats: () => stats.rows(),
    close,
    ...collectingV1(servers, { domainId, workspaceId, clock }),
  };
}
