/** Run as a process: a collector of Cloudforet v2 that reports one server with layouts of its own. Its argument is the port. */

import { CollectorDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import { serve } from '#wire/server.ts';
import { implement } from '#wire/service.ts';
import { pluginData, pluginMetadata } from '../../console/src/layout/plugin-record.fixture.ts';

const collected = 4;

const collector = implement(CollectorDefinition, {
  init: () => ({ metadata: { supported_resource_type: ['inventory.CloudService'], concurrency: 1 } }),
  verify: () => ({}),
  collect: async function* () {
    yield {
      state: collected,
      resource_type: 'inventory.CloudService',
      match_rules: { '1': ['reference.resource_id', 'provider'] },
      resource: {
        provider: 'aws',
        cloud_service_group: 'EC2',
        cloud_service_type: 'Instance',
        account: '123456789012',
        region_code: 'ap-northeast-2',
        name: 'plugged-in',
        instance_type: 'm7i.xlarge',
        reference: { resource_id: 'i-plugged' },
        data: pluginData,
        metadata: pluginMetadata,
      },
    };
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
