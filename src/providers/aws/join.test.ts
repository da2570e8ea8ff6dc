import { describe, expect, it } from 'vitest';
import type { Fleet, MetricReply, MetricRequest } from '#model/fleet.ts';
import { serverMetricKeys } from '#model/metric.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { type Day, dayAt, lastDays } from '#model/window.ts';
import { refinedRequests } from './closer-look.ts';
import { joinRequests } from './join.ts';
import type { AwsRequest } from './plan.ts';
import type { Ec2Server } from './server.ts';
import { measurementsOfServer } from './server-measurement.ts';
import { account, connectTo, startCloud, worldNow } from './testing-fleet.fixture.ts';
import { metricKeysOfEc2 } from './types.ts';

const signal = new AbortController().signal;
const region = 'ap-northeast-2';
const today = dayAt(worldNow / 1000);

describe('requests that follow others', () => {
  it('tell the same where they read more days for others', async () => {
    const cloud = await startCloud({ accounts: [{ ...account, regions: { [region]: 180 }, managed: {} }], seed: 1 });
    const { fleet, close } = await connectTo(cloud.url);
    try {
      let bySample = 0;
      for await (const request of followUps(fleet)) {
        const { from, to } = request.days;
        const reply = await fleet.fetch(request, signal);
        const wider = await fleet.fetch({ ...request, days: { from: from - 3, to: Math.min(to + 3, today) } }, signal);
        expect(cellsOf(wider)).toEqual(cellsOf(reply));
        if (!('step' in request)) bySample += cellsOf(reply).length;
      }
      expect(bySample).toBeGreaterThan(0);
    } finally {
      close();
      await cloud.stop();
    }
  });

  it('are one where the same is asked of other days', () => {
    const requests = joinRequests(refined([today - 6, today - 4]));
    expect(requests.map(({ days }) => days)).toEqual([{ from: today - 6, to: today - 3 }]);
    expect(answered(requests)).toEqual([[today - 6, today - 4]]);
    expect(periods(requests)).toEqual([[60]]);
  });

  it('stay apart where single minutes are kept of one alone', () => {
    const requests = joinRequests(refined([today - 20, today - 4]));
    expect(answered(requests)).toEqual([[today - 20], [today - 4]]);
    expect(periods(requests)).toEqual([[300, 300, 300], [60]]);
  });
});

/** Those of the whole region, each before its own reply. */
async function* followUps(fleet: Fleet): AsyncGenerator<MetricRequest> {
  const found: Resource[] = [];
  for await (const page of fleet.resources(region, [serverType], signal)) found.push(...page);
  const wants = found.map((resource) => ({
    resource,
    keys: serverMetricKeys,
    days: lastDays(14, worldNow),
    statistics: ['avg', 'max', 'min'] as const,
  }));
  let round = fleet.plan(wants, await fleet.survey(region, signal, [serverType])).requests;
  while (round.length > 0) {
    const next: MetricRequest[] = [];
    for (const request of round) next.push(...(await fleet.fetch(request, signal)).followUps);
    round = fleet.join(next);
    yield* round;
  }
}

function cellsOf({ answers, failures }: MetricReply): unknown[] {
  expect(failures).toEqual([]);
  return [...answers].flatMap(({ resourceId, key, cells }) =>
    [...cells].map(([day, cell]) => ({ resourceId, key, day, cell })),
  );
}

/** The closer look at the processor of one server, on these days. */
function refined(days: readonly Day[]): AwsRequest[] {
  const ask = { server, keys: ['cpu.utilization'], statistics: ['avg', 'max'], pointSeconds: 300 } as const;
  const { measurements } = measurementsOfServer({ ...ask, agents: undefined });
  const held = measurements.map((measurement) => ({ measurement, replies: [], open: days }));
  return refinedRequests(region, held, worldNow);
}

function answered(requests: readonly AwsRequest[]): unknown[] {
  return requests.flatMap(({ measurements }) => measurements.map((each) => ('days' in each ? each.days : undefined)));
}

function periods(requests: readonly AwsRequest[]): number[][] {
  return requests.map(({ measurements }) =>
    measurements.flatMap(({ parts }) => parts.flatMap(({ queries }) => queries.map(({ period }) => period))),
  );
}

const server: Ec2Server = {
  provider: 'aws',
  group: 'EC2',
  type: 'Instance',
  account: '123456789012',
  region,
  id: 'i-1',
  name: 'one',
  state: 'RUNNING',
  platform: 'Linux/UNIX',
  instanceType: 'm5.large',
  metrics: metricKeysOfEc2,
  tags: {},
  constants: {},
  ebs: 'instance',
  hasInstanceStore: false,
  volumeIds: [],
  hostNames: [],
  monitoringSeconds: 300,
};
