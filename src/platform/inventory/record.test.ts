import { expect, it } from 'vitest';
import type { Resource } from '#model/resource.ts';
import { mergeRecord } from './merge.ts';
import { recordOf } from './record.ts';

const resource: Resource = {
  provider: 'aws',
  group: 'EC2',
  type: 'Instance',
  account: '123456789012',
  region: 'eu-west-1',
  id: 'i-0abc',
  name: 'web-1',
  state: 'RUNNING',
  instanceType: 'm7i.large',
  zone: 'eu-west-1a',
  vcpus: 2,
  createdAt: 1_772_352_000,
  metrics: ['cpu.utilization'],
  tags: { env: 'prod' },
  externalLink: 'https://example.com/i-0abc',
  constants: { 'memory.total': 8_123_456_789 },
};

it('tells what discovery knows', () => {
  expect(recordOf(resource)).toEqual({
    provider: 'aws',
    cloud_service_group: 'EC2',
    cloud_service_type: 'Instance',
    account: '123456789012',
    region_code: 'eu-west-1',
    name: 'web-1',
    instance_type: 'm7i.large',
    reference: { resource_id: 'i-0abc', external_link: 'https://example.com/i-0abc' },
    tags: { env: 'prod' },
    data: {
      compute: {
        account: '123456789012',
        instance_id: 'i-0abc',
        instance_name: 'web-1',
        instance_state: 'RUNNING',
        instance_type: 'm7i.large',
        az: 'eu-west-1a',
        created_at: '2026-03-01T08:00:00.000Z',
      },
      hardware: { core: 2, memory: 7.57 },
    },
    metadata: {},
  });
});

it('leaves out what the cloud did not say', () => {
  const { zone: _, vcpus: __, createdAt: ___, externalLink: ____, ...bare } = resource;
  const { data, reference } = recordOf({ ...bare, constants: {} });
  expect(reference).toEqual({ resource_id: 'i-0abc' });
  expect(data.hardware).toEqual({});
  expect(data.compute).not.toHaveProperty('az');
});

it('keeps what was measured when it is merged', () => {
  const found = recordOf(resource);
  const measured = { ...found, data: { ...found.data, monitoring: { cpu: { utilization: { avg: 3 } } } } };
  expect(mergeRecord(measured, found)).toEqual({ record: measured, change: 'unchanged' });
});
