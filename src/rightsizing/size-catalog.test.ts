import { describe, expect, it } from 'vitest';
import { findSize, ladderOf, listPrice, priceSource, sizeLists } from './size-catalog.ts';

describe.each(sizeLists)('the list of $provider', ({ provider, homeRegion, readOn, source, families }) => {
  const names = families.flatMap(({ sizes }) => sizes.map(([name]) => name));

  it('says where it is from, and of which day', () => {
    expect(source).toMatch(/^https:\/\//);
    expect(Date.parse(readOn)).toBeGreaterThan(Date.parse('2026-01-01'));
    expect(priceSource(provider)).toEqual({ source, readOn });
  });

  it('names each size once, and knows what it costs at home', () => {
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    for (const name of names) {
      const size = findSize(provider, name.toUpperCase());
      if (size === undefined) throw new Error(`${name} is on the list`);
      expect(listPrice(provider, size, homeRegion)).toBe(size.homeUsd);
      expect(listPrice(provider, size, 'mars-north-1')).toBeNull();
    }
  });

  it('asks no less for a size that has more', () => {
    for (const name of names) {
      const size = findSize(provider, name);
      if (size === undefined) throw new Error(`${name} is on the list`);
      for (const other of ladderOf(provider, size)) {
        if (other.vcpus >= size.vcpus && other.gib >= size.gib) {
          expect(other.homeUsd, `${other.name} and ${name}`).toBeGreaterThanOrEqual(size.homeUsd);
        }
      }
    }
  });

  it('refers to its own sizes for other regions', () => {
    for (const { elsewhere, sizes } of families) {
      if (elsewhere !== undefined) expect(sizes.map(([name]) => name)).toContain(elsewhere.of);
    }
  });

  it('keeps processors of different makers apart', () => {
    for (const { line, architecture } of families) {
      const same = families.filter((family) => family.line === line);
      expect(same.every((family) => family.architecture === architecture)).toBe(true);
    }
  });
});

it.each([
  ['aws', 'm7i.large', 'us-east-1', 0.1008],
  ['aws', 't3.micro', 'us-east-1', 0.0104],
  ['aws', 'c5.large', 'eu-west-1', 0.096],
  ['google_cloud', 'e2-standard-2', 'us-central1', 0.067006],
  ['azure', 'Standard_D4s_v5', 'eastus', 0.192],
  ['azure', 'Standard_D4s_v5', 'westeurope', 0.23],
])('knows that %s asks for %s in %s %f', (provider, name, region, usd) => {
  const size = findSize(provider, name);
  expect(size && listPrice(provider, size, region)).toBeCloseTo(usd, 3);
});
