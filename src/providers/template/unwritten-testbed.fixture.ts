import type { Testbed } from '../contract/testbed.fixture.ts';

/**
 * Fill in: a simulated cloud that answers as the real one does, over HTTP on this machine, and shares no code with the
 * provider. src/providers/template/testbed.fixture.ts is a small one, src/demo/aws a large one.
 */
export async function openTestbed(): Promise<Testbed> {
  throw new Error(
    [
      'fill in src/providers/template_cloud/testbed.fixture.ts: simulate the cloud there. Then, until the contract passes:',
      '  catalog.ts    what it has and measures, its limits with their source',
      '  secret.ts     what opens it; sign-in.ts: the same as flags',
      '  ask.ts        its calls, and what its errors mean',
      '  discover.ts   its servers, each once',
      '  plan.ts       as few calls as its limits allow',
      '  fetch.ts      its points as days, in our units (src/model/metric.ts)',
      '  permissions.ts  what lets us in, what it costs, where each key comes from',
    ].join('\n'),
  );
}
