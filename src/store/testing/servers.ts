import type { InventoryRecord } from '#model/record.ts';

/** A server of account `123`, with what the test cares about put over it. */
export function server(id: string, over: Partial<InventoryRecord> = {}): InventoryRecord {
  return {
    provider: 'aws',
    cloud_service_group: 'EC2',
    cloud_service_type: 'Instance',
    account: '123',
    region_code: 'eu-west-1',
    name: `name of ${id}`,
    instance_type: 'm7i.large',
    reference: { resource_id: id },
    tags: { env: 'prod' },
    data: { compute: { instance_state: 'RUNNING' } },
    metadata: {},
    ...over,
  };
}

/** A server with average cpu, or average cpu and memory, in percent. */
export function measured(id: string, cpu: number, memory?: number): InventoryRecord {
  return server(id, {
    data: {
      compute: { instance_state: 'RUNNING' },
      monitoring: {
        cpu: { utilization: { avg: cpu, max: cpu * 2 } },
        ...(memory === undefined ? {} : { memory: { usage: { avg: memory } } }),
      },
    },
  });
}
