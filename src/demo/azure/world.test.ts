import { describe, expect, it } from 'vitest';
import { testNow } from './azure-clients.fixture.ts';
import { existenceOf, resourceIdOf } from './resource.ts';
import { bigTenant, demoTenants } from './tenants.ts';
import { candidatesOf, machineAt, makeWorld, resolve, typeNames } from './world.ts';

const world = makeWorld(demoTenants, 1, testNow);
const resources = world.cells
  .flatMap((cell) => [...candidatesOf(cell)].map(resolve))
  .filter((one) => one !== undefined);
const machines = world.cells.flatMap((cell) =>
  Array.from({ length: cell.count }, (_, index) => machineAt(cell, index)),
);

describe('the demo world', () => {
  it('has 1,000 machines in five regions, and every type of resource', () => {
    expect(machines).toHaveLength(1000);
    expect(new Set(world.cells.map(({ region }) => region.name)).size).toBe(5);
    expect(new Set(resources.map(({ type }) => type))).toEqual(new Set(typeNames));
  });

  it('has no id twice, and finds each resource by its id in any spelling', () => {
    const ids = resources.map(resourceIdOf);
    expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(ids.length);
    for (const id of ids) {
      const found = world.find(id.toUpperCase());
      expect(found && resourceIdOf(found)).toBe(id);
    }
  });

  it.each([
    { name: 'another group', change: (id: string) => id.replace('/rg-', '/other-') },
    { name: 'another subscription', change: (id: string) => id.replace('0011/', '0012/') },
    { name: 'another number', change: (id: string) => id.replace(/\d{4}(?=(-\w+)?$)/, '9999') },
    { name: 'another type', change: (id: string) => id.replace('/virtualMachines/', '/disks/') },
    { name: 'a part of it', change: (id: string) => id.split('/').slice(0, -1).join('/') },
  ])('finds nothing by $name', ({ change }) => {
    const [cell] = world.cells;
    const vm = cell && machineAt(cell, 7);
    const id = vm === undefined ? '' : resourceIdOf({ type: 'microsoft.compute/virtualmachines', vm });
    expect(world.find(id)).toBeDefined();
    expect(world.find(change(id))).toBeUndefined();
  });

  it('has machines of every fate', () => {
    expect(new Set(machines.map((vm) => vm.powerStateAt(testNow)))).toEqual(
      new Set(['running', 'deallocated', 'stopped']),
    );
    expect(machines.filter(({ deletedAt }) => deletedAt < testNow).length).toBe(20);
    expect(machines.filter(({ createdAt }) => createdAt > testNow - 86_400).length).toBe(20);
    expect(machines.filter(({ interfaces }) => interfaces === 2).length).toBeGreaterThan(100);
    expect(machines.filter(({ disks }) => disks === 2).length).toBeGreaterThan(200);
    const blind = machines.filter(({ memoryMetrics }) => !memoryMetrics).length;
    expect(blind / machines.length).toBeGreaterThan(0.08);
    expect(blind / machines.length).toBeLessThan(0.16);
  });

  it('is another world with another seed, and the same with the same', () => {
    const sizes = (seed: number) =>
      makeWorld(demoTenants, seed, testNow).cells.map(
        (cell) => `${machineAt(cell, 0).seed} ${machineAt(cell, 0).size.name}`,
      );
    expect(sizes(1)).toEqual(sizes(1));
    expect(sizes(2)).not.toEqual(sizes(1));
  });

  it('creates all before it runs, and deletes nothing that never was', () => {
    for (const resource of resources) {
      const { createdAt, deletedAt } = existenceOf(resource);
      expect(createdAt).toBeLessThan(deletedAt);
    }
  });
});

it('a big tenant deals its machines evenly, and refuses regions that there are not', () => {
  const { cells } = makeWorld(bigTenant(100_001, 3, ['eastus', 'westeurope']), 1, testNow);
  expect(cells.map(({ count }) => count)).toEqual([16_667, 16_667, 16_667, 16_667, 16_667, 16_666]);
  expect(() => makeWorld(bigTenant(10, 1, ['atlantis']), 1, testNow)).toThrow(RangeError);
});
