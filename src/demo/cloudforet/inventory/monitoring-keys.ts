import type { JsonObject } from '#wire/struct/json.ts';
import { type CloudServer, instanceIdOf } from './server.ts';

/** What a cloud's collector of the old generation writes for the monitoring service to ask by. */
export function monitoringKeyV1(server: CloudServer): JsonObject {
  const instanceId = instanceIdOf(server);
  switch (server.provider) {
    case 'aws': {
      const dimensions = [{ Name: 'InstanceId', Value: instanceId }];
      return { cloudwatch: { namespace: 'AWS/EC2', dimensions, region_name: server.region } };
    }
    case 'google_cloud': {
      const filters = [{ key: 'resource.labels.instance_id', value: instanceId }];
      return { stackdriver: { type: 'gce_instance', filters } };
    }
    case 'azure':
      return { azure_monitor: { resource_id: rebuiltArmId(server) } };
  }
}

/** As {@link monitoringKeyV1}, of today's generation. */
export function monitoringKeyV2(server: CloudServer): JsonObject {
  const instanceId = instanceIdOf(server);
  switch (server.provider) {
    case 'aws': {
      const Dimensions = [{ Name: 'InstanceId', Value: instanceId }];
      const metrics_info = ['AWS/EC2', 'CWAgent'].map((Namespace) => ({ Namespace, Dimensions }));
      return { cloudwatch: { region_name: server.region, metrics_info } };
    }
    case 'google_cloud': {
      const labels = [{ key: 'resource.labels.instance_id', value: instanceId }];
      const filters = [{ metric_type: 'compute.googleapis.com/instance', labels }];
      return {
        google_cloud_monitoring: { name: `projects/${server.account}`, resource_id: server.resourceId, filters },
      };
    }
    case 'azure':
      return { azure_monitor: { resource_id: rebuiltArmId(server) } };
  }
}

/** Azure's collector puts the ARM id together again, and so its case can be another. */
function rebuiltArmId({ resourceId }: CloudServer): string {
  return resourceId.replace(/(?<=\/resourceGroups\/)[^/]+/, (group) => group.toUpperCase());
}
