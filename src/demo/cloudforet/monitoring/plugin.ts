import type { CloudSecret } from '../inventory/server.ts';
import type { PluginMetadata } from './metadata.ts';
import type { MetricBackend } from './metric-backend.ts';

/** A data-source plugin that is connected over gRPC. */
export interface Plugin {
  /** `DataSource.init`, its answer held to the platform's model; then `verify` with the secret, if there is one. */
  register(secret: CloudSecret | undefined): Promise<PluginMetadata>;
  backend(metadata: PluginMetadata): MetricBackend;
  close(): void;
}
