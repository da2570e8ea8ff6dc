import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityPaths } from '#store/inventory.ts';
import { identityOf } from '#store/record-outline.ts';
import { server } from '#store/testing/servers.ts';
import { lookupOf, matches, parseMatchRules } from './match-rules.ts';

const values = () => fc.constantFrom('', 'a', 'b');
const records = () =>
  fc
    .tuple(values(), values(), values(), values(), values(), values())
    .map(([provider, account, region_code, resource_id, cloud_service_group, cloud_service_type]) =>
      server('', {
        provider,
        account,
        region_code,
        reference: { resource_id },
        cloud_service_group,
        cloud_service_type,
      }),
    );
const rules = () => fc.subarray([...identityPaths]);

describe('match rules', () => {
  it('never apply without a value for each path, nor without a path', () =>
    fc.assert(
      fc.property(records(), rules(), (record, rule) => {
        const lookup = lookupOf(record, rule);
        if (lookup === undefined)
          return rule.length === 0 || rule.some((path) => lookupOf(record, [path]) === undefined);
        return Object.keys(lookup).length === rule.length && !Object.values(lookup).includes('');
      }),
    ));

  it('match what shares the values of all their paths', () =>
    fc.assert(
      fc.property(records(), records(), rules(), (a, b, rule) => {
        const [ofA, ofB] = [lookupOf(a, rule), lookupOf(b, rule)];
        if (ofA !== undefined) expect(matches(identityOf(b), ofA)).toBe(JSON.stringify(ofA) === JSON.stringify(ofB));
      }),
    ));

  it('are read in the order of their numbers', () => {
    expect(parseMatchRules({ '10': ['account'], '2': ['reference.resource_id', 'provider'] })).toEqual([
      ['reference.resource_id', 'provider'],
      ['account'],
    ]);
  });

  it.each([
    { rules: {}, message: 'match_rules is empty' },
    { rules: { '1': [] }, message: 'names no path' },
    { rules: { '1': ['data.compute.instance_id'] }, message: 'data.compute.instance_id does not identify a record' },
  ])('are refused: $message', ({ rules, message }) => {
    expect(() => parseMatchRules(rules)).toThrow(message);
  });
});
