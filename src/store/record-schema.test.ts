import { describe, expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import { RecordSchema } from './record-schema.ts';
import { server } from './testing/servers.ts';

const whole: InventoryRecord = server('i-1', {
  reference: { resource_id: 'i-1', external_link: 'https://example.com' },
  data: {
    compute: { instance_state: 'RUNNING' },
    hardware: { core: 2, memory: 7.57 },
    monitoring: { cpu: { utilization: { avg: 1, max: 2, p95: 1.5 } } },
    monitoring_info: {
      window: { start: '2026-11-08T00:00:00Z', end: '2026-11-22T00:00:00Z' },
      collected_at: '2026-11-22T01:00:00Z',
      metrics: {
        'cpu.utilization': {
          source: 'AWS/EC2 CPUUtilization',
          period: 86_400,
          coverage: 0.9,
          resolution: 300,
          incomplete: 'throttled',
          max_is: 'upper_bound',
        },
        'memory.usage': { missing: 'agent_absent' },
      },
    },
  },
  metadata: { aws: { view: {} } },
});

describe('record on disk', () => {
  it('holds all that the model knows, and what others added', () => {
    const text = JSON.stringify({ ...whole, data: { ...whole.data, cloudwatch: { name: 'x' } } });
    expect(RecordSchema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
  });

  it.each([
    { tags: { a: 1 } },
    { reference: {} },
    { data: { monitoring: { cpu: { utilization: { median: 1 } } } } },
    { data: { monitoring: { cpu: 3 } } },
    { data: { hardware: { core: 'two' } } },
    {
      data: {
        monitoring_info: { ...whole.data.monitoring_info, metrics: { 'cpu.utilization': { missing: 'dunno' } } },
      },
    },
    { data: { monitoring_info: { ...whole.data.monitoring_info, metrics: { 'cpu.heat': { missing: 'no_data' } } } } },
    { metadata: [] },
  ])('is refused with %j', (over) => {
    expect(RecordSchema.safeParse({ ...whole, ...over }).success).toBe(false);
  });
});
