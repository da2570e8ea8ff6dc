import type { MetricRequest } from '#model/fleet.ts';
import { daySeconds } from '#model/window.ts';
import type { Faults } from '../../demo/aws/faults.ts';
import type { Breakdown, Testbed } from '../contract/testbed.fixture.ts';
import type { AwsRequest } from './plan.ts';
import { account, keys, startCloud, worldNow } from './testing-fleet.fixture.ts';

const broken: Readonly<Record<Breakdown, Partial<Faults>>> = {
  'throttled now and then': { throttleStorm: { every: 6, lasts: 3 } },
  unreliable: { serverErrorRate: 0.2, resetRate: 0.1 },
  partial: { forbiddenMetrics: ['AWS/EC2/NetworkIn'] },
  'metrics denied': { deniedCloudwatch: ['*/*'] },
  'discovery denied': { deniedEc2: ['*/*'] },
  malformed: { malformedRegions: Object.keys(account.regions) },
  hung: { hangingRegions: Object.keys(account.regions) },
};

export async function openTestbed(): Promise<Testbed> {
  const cloud = await startCloud();
  return {
    secret: { from: keys, endpoint: cloud.url },
    wrongSecret: {
      from: { ...keys, secretAccessKey: 'anotherSecretThatOpensNothing00000000004' },
      endpoint: cloud.url,
    },
    openers: [account.secretAccessKey, 'anotherSecretThatOpensNothing00000000004'],
    now: worldNow,
    brokenLimit,
    truth: ({ region, id, constants }, key, start, end) => {
      const truths = cloud.truth({ account: account.id, region, instance: id, start, end });
      if (key !== 'memory.used') return truths?.[key];
      const bytesPerPercent = (constants['memory.total'] ?? 0) / 100;
      const usage = truths?.['memory.usage'];
      return usage && { ...usage, avg: usage.avg * bytesPerPercent, max: usage.max * bytesPerPercent };
    },
    breakDown: (how) => {
      cloud.faults.clear();
      cloud.faults.set({ quotaMultiplier: 1000, ...(how === undefined ? {} : broken[how]) });
    },
    requests: () => cloud.stats.rows().reduce((sum, row) => sum + row.calls, 0),
    stop: () => cloud.stop(),
  };
}

/** 500 queries a call, buckets that are still kept, and for the price of one call a page of 100,800 points. */
function brokenLimit(request: MetricRequest): string | undefined {
  if (!isAws(request)) return 'this is no request to AWS';
  const { days, cost } = request;
  const queries = request.measurements.flatMap(({ parts }) => parts.flatMap((part) => part.queries));
  const points = queries.reduce((sum, { period }) => sum + ((days.to - days.from) * daySeconds) / period, 0);
  const ageDays = worldNow / 1000 / daySeconds - days.from;
  const finest = ageDays > 63 ? 3600 : ageDays > 15 ? 300 : 60;
  if (queries.length > 500) return `${queries.length} queries in a call`;
  if (points > 100_800 * cost.calls) return `${points} points in ${cost.calls} calls`;
  const gone = queries.find(({ period }) => period % finest !== 0);
  return gone && `points of ${gone.period} s, ${ageDays} days ago`;
}

function isAws(request: MetricRequest): request is AwsRequest {
  return 'measurements' in request;
}
