/** Run as a process: a collector of Cloudforet v2 that reports servers with layouts of their own. Its argument is the port. */

import { CollectorDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import { serve } from '#wire/server.ts';
import { implement } from '#wire/service.ts';
import { pluginData, pluginMetadata } from '../../console/src/layout/plugin-record.fixture.ts';

const collected = 4;

function serverOf(name: string, id: string, data: object) {
  return {
    state: collected,
    resource_type: 'inventory.CloudService',
    match_rules: { '1': ['reference.resource_id', 'provider'] },
    resource: {
      provider: 'aws',
      cloud_service_group: 'EC2',
      cloud_service_type: 'Instance',
      account: '123456789012',
      region_code: 'ap-northeast-2',
      name,
      instance_type: 'm7i.xlarge',
      reference: { resource_id: id },
      data,
      metadata: pluginMetadata,
    },
  };
}

const collector = implement(CollectorDefinition, {
  init: () => ({ metadata: { supported_resource_type: ['inventory.CloudService'], concurrency: 1 } }),
  verify: () => ({}),
  collect: async function* () {
    yield serverOf('plugged-in', 'i-plugged', pluginData);
    yield serverOf('few-disks', 'i-few', { ...pluginData, disks: pluginData.disks.slice(0, 2) });
  },
});
const tasks = implement(JobDefinition, { get_tasks: () => ({ tasks: [{ task_options: {} }] }) });

await serve({
  generation: 'v2',
  services: [collector, tasks],
  version: '1',
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  signal: new AbortController().signal,
  graceMs: 100,
});
