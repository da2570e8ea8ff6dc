import { expect, it } from 'vitest';
import { z } from 'zod';
import { JobSummary, Status } from './api.ts';
import { openRunServer, type RunServer } from './run-server.fixture.ts';

const run = { metrics: ['cpu.utilization'], max_cost: 1 };

async function finished({ ask, workshop }: RunServer, body: object): Promise<JobSummary> {
  const { id } = JobSummary.parse((await ask('POST', '/jobs', { ...run, ...body })).data);
  await workshop.work(id);
  return JobSummary.parse(z.object({ job: z.unknown() }).parse((await ask('GET', `/jobs/${id}`)).data).job);
}

const statusOf = async ({ ask }: RunServer) => Status.parse((await ask('GET', '/status')).data);

it('says of which window the values are: of a run that read them, not of one that failed since', async () => {
  const server = await openRunServer();
  const { id, state } = await finished(server, { days: 3 });
  expect(state).toBe('SUCCESS');
  const { window } = await statusOf(server);
  expect(Date.parse(window?.end ?? '') - Date.parse(window?.start ?? '')).toBe(3 * 86_400_000);
  server.workshop.cloud.faults.set({ deniedCloudwatch: ['*/*'] });
  const failed = await finished(server, { days: 7 });
  expect(failed.id).toBeGreaterThan(id);
  expect(failed.state).not.toBe('SUCCESS');
  expect(await statusOf(server)).toMatchObject({ window, last_job: { id: failed.id } });
});
