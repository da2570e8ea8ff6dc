import type { Faults } from '../../demo/aws/faults.ts';
import type { Breakdown, Testbed } from '../contract/testbed.fixture.ts';
import { account, keys, startCloud, worldNow } from './testing-fleet.fixture.ts';

const broken: Readonly<Record<Breakdown, Partial<Faults>>> = {
  'throttled now and then': { throttleStorm: { every: 6, lasts: 3 } },
  unreliable: { serverErrorRate: 0.2, resetRate: 0.1 },
  'metrics denied': { deniedCloudwatch: ['*/*'] },
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
