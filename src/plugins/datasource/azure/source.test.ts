import { describe, expect, it } from 'vitest';
import { azureSource } from './source.ts';

const group = '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/Fleet';
const machine = `${group}/providers/Microsoft.Compute/virtualMachines/web-1`;
const name = 'Percentage CPU';

describe('a query', () => {
  it.each([
    { title: 'with a region', query: { resource_id: machine, region_name: 'westeurope' }, place: 'westeurope' },
    {
      title: 'with a region as people write it',
      query: { resource_id: machine, region_name: 'West Europe' },
      place: 'westeurope',
    },
    { title: 'without a region', query: { resource_id: machine, region_name: null }, place: undefined },
    { title: 'of no region', query: { resource_id: machine, region_name: 'global' }, place: undefined },
  ])('$title', ({ query, place }) => {
    const resource = {
      id: machine.toLowerCase(),
      subscription: '00000000-0000-4000-8000-000000000001',
      namespace: 'microsoft.compute/virtualmachines',
    };
    expect(azureSource.metricOf(query, name)).toEqual({ place, metric: { resource, name } });
  });

  it('is the same in any spelling', () => {
    const [one, other] = [machine, machine.toUpperCase()].map((id) => azureSource.metricOf({ resource_id: id }, name));
    expect(other).toEqual(one);
  });

  it('is of the type of what is within another', () => {
    const database = `${group}/providers/Microsoft.Sql/servers/db-1/databases/shop`;
    expect(azureSource.scopesOf({ resource_id: database })).toMatchObject([
      { namespace: 'microsoft.sql/servers/databases' },
    ]);
  });

  it.each([
    { title: 'no resource', query: {}, says: 'resource_id' },
    { title: 'no id', query: { resource_id: 'web-1' }, says: 'resource_id' },
    { title: 'an id that leads elsewhere', query: { resource_id: `${machine}/../x` }, says: 'resource_id' },
    { title: 'an id with a quote', query: { resource_id: `${machine}'` }, says: 'resource_id' },
    {
      title: 'a region that is none',
      query: { resource_id: machine, region_name: 'evil.example' },
      says: 'region_name',
    },
  ])('is refused: $title', ({ query, says }) => {
    expect(() => azureSource.metricOf(query, name)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
    );
  });

  it('without a metric is refused', () => {
    expect(() => azureSource.metricOf({ resource_id: machine }, '')).toThrow('metric: is missing');
  });
});

it('a record without an id has no metrics', () => {
  expect(azureSource.scopesOf({})).toEqual([]);
});
