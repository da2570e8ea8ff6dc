import { CollectError } from '#model/errors.ts';
import { type IdentityPath, identityPaths, type Lookup } from '#store/inventory.ts';
import type { RecordIdentity } from '#store/record-outline.ts';
import type { IncomingRecord } from './merge.ts';

/** Tried in order; each names what a record must share with the report to be the same server. */
export type MatchRules = readonly (readonly IdentityPath[])[];

/** For collectors that know the whole address of a server. No two stored records share these. */
export const ownIdentity = [
  'provider',
  'account',
  'region_code',
  'reference.resource_id',
] as const satisfies readonly IdentityPath[];

export const defaultRules: MatchRules = [ownIdentity];

/**
 * Cloudforet's `match_rules`: `{"1": ["reference.resource_id"], "2": [...]}`, lowest number first.
 *
 * @throws CollectError `invalid_input` for no rule, an empty rule, or a path that does not identify a record
 */
export function parseMatchRules(rules: Readonly<Record<string, readonly string[]>>): MatchRules {
  const numbered = Object.entries(rules).sort(([a], [b]) => Number(a) - Number(b));
  if (numbered.length === 0) throw new CollectError('invalid_input', 'match_rules is empty');
  return numbered.map(([number, paths]) => {
    if (paths.length === 0)
      throw new CollectError('invalid_input', 'a match rule names no path', { where: `rule ${number}` });
    return paths.map((path) => {
      const known = identityPaths.find((identity) => identity === path);
      if (known !== undefined) return known;
      throw new CollectError('invalid_input', `${path} does not identify a record`, {
        where: `match rule ${number}`,
        fix: `Use some of ${identityPaths.join(', ')}.`,
      });
    });
  });
}

/**
 * What to look for by this rule.
 *
 * @returns undefined where the report has no value for one of the paths: the rule then does not apply. (Upstream leaves
 * the path out of the query, which may match every record there is.)
 */
export function lookupOf(record: IncomingRecord, rule: readonly IdentityPath[]): Lookup | undefined {
  const lookup: Partial<Record<IdentityPath, string>> = {};
  for (const path of rule) {
    const value = valueAt(record, path);
    if (value === undefined || value === '') return undefined;
    lookup[path] = value;
  }
  return rule.length === 0 ? undefined : lookup;
}

export function matches(identity: RecordIdentity, lookup: Lookup): boolean {
  return identityPaths.every((path) => lookup[path] === undefined || identity[path] === lookup[path]);
}

export function sameIdentity(a: RecordIdentity, b: RecordIdentity): boolean {
  return ownIdentity.every((path) => a[path] === b[path]);
}

function valueAt(record: IncomingRecord, path: IdentityPath): string | undefined {
  return path === 'reference.resource_id' ? record.reference?.resource_id : record[path];
}
