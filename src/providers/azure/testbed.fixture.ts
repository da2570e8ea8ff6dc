import type { MetricRequest } from '#model/fleet.ts';
import { dayAt } from '#model/window.ts';
import type { Faults } from '../../demo/azure/faults.ts';
import type { Truths } from '../../demo/azure/truth.ts';
import type { Breakdown, Testbed } from '../contract/testbed.fixture.ts';
import { type AzureRequest, callsOf } from './request.ts';
import { application, clientSecret, startCloud, worldNow } from './testing-fleet.fixture.ts';

const hosts = ['management', 'westeurope', 'eastus'] as const;

const broken: Readonly<Record<Breakdown, Partial<Faults>>> = {
  'throttled now and then': { throttleStorm: { every: 6, lasts: 3 } },
  unreliable: { serverErrorRate: 0.2, resetRate: 0.1, overloadRate: 0.1 },
  partial: { metricErrorRate: 0.1 },
  'metrics denied': { deniedMetrics: ['*/*'] },
  'discovery denied': { deniedManagement: ['*'] },
  malformed: { malformedHosts: hosts },
  hung: { hangingHosts: hosts },
};

const anotherSecret = 'another~secret-that-opens-nothing';

export async function openTestbed(): Promise<Testbed> {
  const cloud = await startCloud();
  const { url } = cloud;
  const truths = new Map<string, Truths>();
  const endpoints = { authority: url, resourceManager: url, metrics: `${url}/metrics/{region}` };
  return {
    secret: { from: application, endpoints },
    wrongSecret: { from: { ...application, clientSecret: anotherSecret }, endpoints },
    openers: [clientSecret, anotherSecret],
    now: worldNow,
    brokenLimit,
    truth: ({ id: resource }, key, start, end) => {
      const name = `${resource} ${start} ${end}`;
      const truth = truths.get(name) ?? cloud.truth({ resource, start, end });
      if (truth !== undefined) truths.set(name, truth);
      return truth?.[key];
    },
    breakDown: (how) => {
      cloud.faults.clear();
      cloud.faults.set({ quotaMultiplier: 1000, ...(how === undefined ? {} : broken[how]) });
    },
    requests: () => cloud.stats.rows().reduce((sum, row) => sum + row.calls, 0),
    stop: () => cloud.stop(),
  };
}

/** 50 resources and 20 metrics a call, over at most 30 days of the last 93. */
function brokenLimit(request: MetricRequest): string | undefined {
  if (!isAzure(request)) return 'this is no request to Azure';
  for (const { ids, days, metrics } of callsOf(request)) {
    if (metrics.length > 20) return `${metrics.length} metrics in a call`;
    if (ids.length > 50 || new Set(ids).size < ids.length) return `${ids.length} resources in a call`;
    if (days.to - days.from > 30) return `${days.to - days.from} days in a call`;
    if (dayAt(worldNow / 1000) - days.from > 93) return 'days that are gone';
  }
  return undefined;
}

function isAzure(request: MetricRequest): request is AzureRequest {
  return 'family' in request;
}
