import { expect, it, onTestFinished } from 'vitest';
import type { Fleet } from '#model/fleet.ts';
import { loadProvider } from '#providers/registry.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { server } from '#store/testing/servers.ts';
import { onlySelected, selectedIn } from './only-selected.ts';
import { selectionOf } from './selection.ts';
import type { AccountAccess } from './targets.ts';

const accounts = Array.from({ length: 60 }, (_, at) => `${100_000_000_000 + at}`);
const regions = ['eu-west-1', 'eu-west-2', 'us-east-1', 'us-east-2', 'us-west-1'];

const unasked = () => {
  throw new Error('nothing is asked of a cloud');
};

it('looks at each account no oftener than it has regions, however many servers are picked elsewhere', async () => {
  const store = await openTestStore();
  onTestFinished(() => store.close());
  const records = accounts.flatMap((account) =>
    regions.map((region_code) => ({ record: server(`i-${account}-${region_code}`, { account, region_code }) })),
  );
  const servers = await store.inventory.put(records, 1000);
  const selection = await selectionOf(store.inventory, { servers: [...servers], types: [], regions: [] }, []);
  if (selection === undefined) throw new Error('servers were picked');

  let looks = 0;
  const access = accounts.map((account): AccountAccess => {
    const fleet: Fleet = {
      provider: 'aws',
      get account() {
        looks++;
        return account;
      },
      isRegional: true,
      batchSize: 1,
      regions: unasked,
      resources: unasked,
      survey: unasked,
      surveyCost: unasked,
      plan: unasked,
      join: unasked,
      fetch: unasked,
      source: unasked,
    };
    return { fleet, regions, selects: () => true };
  });
  const target = { name: 'prod', provider: await loadProvider('aws'), secret: undefined, regions: [] };
  const connection = { principal: 'prod', fleets: access.map(({ fleet }) => fleet), close: () => {} };

  const { targets, unopened } = onlySelected([{ target, outcome: { connection, accounts: access } }], selection);
  expect(unopened).toEqual([]);
  const counts = targets.flatMap(({ outcome }) =>
    'error' in outcome
      ? []
      : outcome.accounts.flatMap(({ fleet }) => regions.map((region) => selectedIn(selection, target, fleet, region))),
  );
  expect(counts).toEqual(records.map(() => 1));
  expect(looks).toBeLessThanOrEqual(accounts.length * (regions.length + 2));
});
