import { type CloudServer, instanceIdOf, type Provider } from '../inventory/server.ts';
import type { DataSourceSpec } from './data-source.ts';

const providers: readonly Provider[] = ['aws', 'google_cloud', 'azure'];

/** A data source of each provider with made-up numbers, none of servers that do not run. @param latencyMs of each question */
export function syntheticSources(servers: readonly CloudServer[], latencyMs = 0): DataSourceSpec[] {
  return providers.map((provider) => {
    const own = servers.filter((server) => server.provider === provider && (server.state ?? 'RUNNING') !== 'RUNNING');
    const silent = own.map((server) => (provider === 'azure' ? server.resourceId.toLowerCase() : instanceIdOf(server)));
    return { provider, source: { synthetic: { latencyMs, silent } } };
  });
}
