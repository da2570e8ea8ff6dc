import { expect, it, onTestFinished } from 'vitest';
import { readProblems } from '#platform/health/problems.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import {
  application,
  otherSubscription,
  startCloud,
  subscription,
  tenant,
} from '#providers/azure/testing-fleet.fixture.ts';
import type { Access } from '../demo/azure/tenants.ts';
import { checkAccess } from './check-access.ts';
import { savedTarget } from './saved-targets.ts';
import { retryJob } from './start-job.ts';
import { openWorkshop, worldClock } from './workshop.fixture.ts';

const never = new AbortController().signal;

/** The account `corp`: one secret and two subscriptions of Azure, the second of which it does not see. */
async function openTwo() {
  const access: Record<string, Access> = { [subscription]: 'subscription' };
  const regions = { westeurope: 3 };
  const subscriptions = [subscription, otherSubscription].map((id) => ({ id, name: id, regions }));
  const applications = tenant.applications.slice(0, 1).map((each) => ({ ...each, access }));
  const shop = await openWorkshop();
  const azure = await startCloud({ tenants: [{ ...tenant, subscriptions, applications }] });
  onTestFinished(() => azure.stop());
  const { url } = azure;
  const secret = {
    from: application,
    subscriptions: [subscription, otherSubscription],
    endpoints: { authority: url, resourceManager: url, metrics: `${url}/metrics/{region}` },
  };
  const draft = { provider: 'azure', account: application.clientId, name: 'corp', regions: [] };
  const account = await addAccount(shop.store, shop.vault.key, draft, secret, worldNow);
  return { shop, access, target: await savedTarget(shop.vault, account, []) };
}

it('an account that one secret of several does not open is a problem until it is read, and is read alone then', async () => {
  const { shop, access } = await openTwo();
  const first = await shop.work((await shop.startJob({ accounts: ['corp'] })).id);
  expect(first).toMatchObject({ state: 'PARTIAL', counts: { servers: 3 } });
  const { cells, retryable } = await readProblems(shop.store);
  expect(cells).toMatchObject([{ account: otherSubscription, region: '*', isOpen: true }]);

  access[otherSubscription] = 'subscription';
  const [[job, tasks] = [0, []]] = retryable;
  await retryJob(job, shop.start, tasks);
  expect(await shop.work(job)).toMatchObject({ id: first.id, state: 'SUCCESS', counts: { servers: 6 } });
  expect(
    (await shop.store.jobs.get(job)).tasks.map(({ account, region, attempt }) => [account, region, attempt]),
  ).toEqual([
    [subscription, 'westeurope', 1],
    [otherSubscription, 'westeurope', 1],
  ]);
  expect((await readProblems(shop.store)).cells).toEqual([]);
});

it('an account that is not seen without a call being refused is told of by a test', async () => {
  const { target } = await openTwo();
  const { accounts, checks, error } = await checkAccess(target, { signal: never, clock: worldClock, isFree: true });
  expect(error).toBeUndefined();
  expect(checks.flatMap(({ failures }) => failures).filter(({ account }) => account === otherSubscription)).toEqual([]);
  expect(accounts).toMatchObject([
    { account: subscription, regions: [{ region: 'westeurope', servers: 3 }], failures: [] },
    { account: otherSubscription, regions: [], failures: [{ region: '*', error: { code: 'access_denied' } }] },
  ]);
});
