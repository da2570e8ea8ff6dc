import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Resource } from '#model/resource.ts';
import { parseOptions } from './options.ts';
import { selects, type TaskOptions, tasksOfAccount } from './task-options.ts';

const options = parseOptions({});

function serverOf(id: string, account: string, region: string): Resource {
  const type = {
    provider: 'aws',
    group: 'EC2',
    type: 'Instance',
    instanceType: '',
    metrics: [],
    constants: {},
    tags: {},
  };
  return { ...type, id, account, region, name: id, state: 'RUNNING' };
}

const accounts = fc.uniqueArray(
  fc.record({
    account: fc.constantFrom('', '111111111111', '222222222222'),
    regions: fc.dictionary(fc.constantFrom('', 'eu-west-1', 'us-east-1'), fc.integer({ min: 1, max: 9000 }), {
      minKeys: 1,
    }),
  }),
  { selector: ({ account }) => account, minLength: 1 },
);

it('each server is in exactly one task, and no task has far more than its share', () => {
  fc.assert(
    fc.property(accounts, fc.string(), (all, seed) => {
      const servers = all.flatMap(({ account, regions }) =>
        Object.entries(regions).flatMap(([region, count]) =>
          Array.from({ length: count }, (_, index) => serverOf(`${seed}-${region}-${index}`, account, region)),
        ),
      );
      const tasks = all.flatMap(({ account, regions }) =>
        tasksOfAccount('aws', account, new Map(Object.entries(regions))),
      );
      const tasksPerServer = new Set<number>();
      const taken = new Map<TaskOptions, number>();
      for (const server of servers) {
        const own = tasks.filter((task) => selects(server, options, task));
        tasksPerServer.add(own.length);
        for (const task of own) taken.set(task, (taken.get(task) ?? 0) + 1);
      }
      expect([...tasksPerServer]).toEqual([1]);
      expect(Math.max(...taken.values())).toBeLessThan(5500);
    }),
    { numRuns: 10, seed: 1 },
  );
});
