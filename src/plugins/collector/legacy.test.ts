import { afterEach, expect, it } from 'vitest';
import { makeFleet } from '../../demo/cloudforet/inventory/make-fleet.ts';
import { answering, type Question } from './platform-numbers.fixture.ts';
import { type CollectorWorld, failureOf, startWorld } from './platform-world.fixture.ts';
import { failuresOf, missingOf, recordsOf, valuesOf } from './record.fixture.ts';

let world: CollectorWorld;
afterEach(() => world.close());

const options = { normalization: 'legacy', supported_period: 7 };

async function start(answer: (question: Question) => readonly number[]): Promise<void> {
  const fleet = makeFleet({ servers: 1, providers: ['aws'], accountsPerProvider: 1, stoppedRate: 0 });
  world = await startWorld({ generation: 'v1', ...fleet, dataSources: [answering('aws', answer)] });
}

it("tells the old plugin's numbers: raw, of one bucket, EBS alone, one decimal, and 0 for nothing", async () => {
  const asked: Question[] = [];
  await start((question) => {
    asked.push(question);
    const { metric, stat } = question;
    if (metric === 'CPUUtilization') return stat === 'AVERAGE' ? [3.04, 4.12] : [61.27, 12];
    if (metric === 'NetworkIn') return [1_234_567.89];
    return metric.startsWith('Disk') ? [5] : [];
  });
  const [record] = recordsOf(await world.collect({ options }));
  if (record === undefined) throw new Error('no server was told');
  expect(record.data.monitoring).toEqual({
    cpu: { utilization: { avg: 3.6, max: 61.3 } },
    disk: {
      read_iops: { avg: 0, max: 0 },
      write_iops: { avg: 0, max: 0 },
      read_throughput: { avg: 0, max: 0 },
      write_throughput: { avg: 0, max: 0 },
    },
    network: {
      received_throughput: { avg: 1_234_567.9, max: 1_234_567.9 },
      sent_throughput: { avg: 0, max: 0 },
      received_pps: { avg: 0, max: 0 },
      sent_pps: { avg: 0, max: 0 },
    },
  });
  expect(missingOf(record, 'disk.read_iops')).toBe('no_data');
  const call = asked[0]?.call;
  expect(call).toMatchObject({ start: '2026-11-11T12:00:00Z', end: '2026-11-18T12:00:00Z', periodSeconds: 7 * 86_400 });
  expect(new Set(asked.map(({ stat }) => stat))).toEqual(new Set(['AVERAGE', 'MAX']));
});

it('still tells a failure as one, and no 0 for it', async () => {
  await start(({ stat }) => (stat === 'AVERAGE' ? [1] : [2]));
  const answer = { status: 'INTERNAL', details: 'ERROR_UNKNOWN: broken' } as const;
  world.platform.faults.set({ failures: [{ method: 'Metric.get_data', metric: 'NetworkIn', answer }] });
  const messages = await world.collect({ options });
  const [record] = recordsOf(messages);
  expect(record && valuesOf(record, 'network.received_throughput')).toBeUndefined();
  expect(record && valuesOf(record, 'network.sent_throughput')).toEqual({ avg: 1, max: 2 });
  expect(failuresOf(messages)).toHaveLength(1);
});

it('is refused where it cannot be told', async () => {
  await start(() => []);
  const secretData = { aws_access_key_id: 'AKIADEMO0000000001', aws_secret_access_key: 'opensNothingAtAll00' };
  expect(await failureOf(world.verify({ options, secretData }))).toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('only by way of the platform'),
  });
  for (const [statistic, over] of [
    ['min', options],
    ['p95', {}],
  ] as const) {
    expect(await failureOf(world.verify({ options: { ...over, statistics: [statistic] } }))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(`${statistic} cannot be had`),
    });
  }
});
