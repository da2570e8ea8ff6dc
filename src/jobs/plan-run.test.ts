import { expect, it } from 'vitest';
import { RunOptions } from './options.ts';
import { planJob } from './start-job.ts';
import { openWorkshop } from './workshop.fixture.ts';

it('costs the same in whatever order the cloud lists what there is', async () => {
  const { start } = await openWorkshop();
  const options = RunOptions.parse({ regions: ['us-east-1'], days: 1 });
  const plans = await Promise.all(Array.from({ length: 8 }, () => planJob(options, start)));
  expect(new Set(plans.map(({ cost }) => JSON.stringify(cost))).size).toBe(1);
});
