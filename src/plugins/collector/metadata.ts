import { serverMetricKeys } from '#model/metric.ts';
import { optionsSchema, readableProviders } from './options.ts';

/**
 * What `init` tells the platform. No garbage collection is claimed: a server that we do not report is not for us to remove.
 * `concurrency` is how many tasks of one job may run at once; limits hold within a task, so there is no need for more.
 */
export function pluginMetadata() {
  return {
    supported_resource_type: ['inventory.CloudService', 'inventory.Server', 'inventory.ErrorResource'],
    supported_providers: readableProviders(),
    supported_metrics: [...serverMetricKeys],
    supported_schedules: ['hours'],
    supported_features: [],
    filter_format: [],
    concurrency: 10,
    options_schema: optionsSchema(),
  };
}
