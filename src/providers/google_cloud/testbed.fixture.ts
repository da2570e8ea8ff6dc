import type { MetricRequest } from '#model/fleet.ts';
import type { Faults } from '../../demo/google/faults.ts';
import type { Breakdown, Testbed } from '../contract/testbed.fixture.ts';
import { monitoredTypes } from './catalog.ts';
import type { ObserveRequest } from './plan.ts';
import { simulatedIdOf, startCloud, worldNow } from './testing-fleet.fixture.ts';
import { filterOf } from './where.ts';

const broken: Readonly<Record<Breakdown, Partial<Faults>>> = {
  'throttled now and then': { throttleStorm: { every: 6, lasts: 3 } },
  unreliable: { serverErrorRate: 0.2, resetRate: 0.1 },
  partial: { unreadableSeries: ['*/us-central1-a'] },
  'metrics denied': { denied: ['monitoring/*'] },
  'discovery denied': { denied: ['compute/*'] },
  malformed: { malformed: ['monitoring/*'] },
  hung: { hanging: ['monitoring/*'] },
};

export async function openTestbed(): Promise<Testbed> {
  const cloud = await startCloud();
  const { url: endpoint, credentials } = cloud;
  const from = (key: object) => ({ kind: 'service_account', key });
  // A key of the same form, which nobody's account has.
  const wrongKey = { ...credentials.serviceAccount, private_key: credentials.powerless.private_key };
  return {
    secret: { from: from(credentials.serviceAccount), endpoint, projects: ['contract-one'] },
    wrongSecret: { from: from(wrongKey), endpoint },
    openers: [credentials.serviceAccount, wrongKey].map(({ private_key }) => private_key.slice(60, 120)),
    now: worldNow,
    brokenLimit,
    truth: (resource, key, start, end) =>
      cloud.truth({ project: resource.account, resource: simulatedIdOf(resource), start, end })?.[key],
    breakDown: (how) => {
      cloud.faults.clear();
      cloud.faults.set({ quotaMultiplier: 1000, ...(how === undefined ? {} : broken[how]) });
    },
    requests: () => cloud.stats.rows().reduce((sum, row) => sum + row.calls, 0),
    stop: () => cloud.close(),
  };
}

/** A filter holds 2,048 characters. */
function brokenLimit(request: MetricRequest): string | undefined {
  if (!isGoogle(request)) return 'this is no request to Google Cloud';
  const { place, measurements, typeId } = request;
  for (const { native } of measurements) {
    const { length } = filterOf(monitoredTypes[typeId], native, place.where);
    if (length > 2048) return `${length} characters in a filter`;
  }
  return undefined;
}

function isGoogle(request: MetricRequest): request is ObserveRequest {
  return 'step' in request && request.step === 'observe';
}
