import { CollectError } from '#model/errors.ts';
import type { InventoryRecord } from '#model/record.ts';
import type { FieldChange } from '#store/changes.ts';
import type { IdentityPath, InventoryStore, Lookup, MatchedRecord, RecordId } from '#store/inventory.ts';
import type { RecordIdentity } from '#store/record-outline.ts';
import { lookupOf, type MatchRules, matches, ownIdentity } from './match-rules.ts';
import type { IncomingRecord } from './merge.ts';

/** A record that a batch works on; a new one is not `stored`, and a stored one is not read until it must be. */
export interface Entry {
  readonly stored: MatchedRecord | undefined;
  record: InventoryRecord | undefined;
  identity: RecordIdentity;
  changed: boolean;
  /** What has changed of a stored one, apart from what was measured. */
  readonly fields: FieldChange[];
}

/** Finds the record that each report of a batch is about, among those stored and those that the batch itself made. */
export interface BatchMatch {
  /**
   * @param index of the report in the batch
   * @throws CollectError `conflict` where a rule matches more than one record
   */
  find(index: number): Promise<Entry | undefined>;
  /** Reads at once those stored records that reports are likely about, and that the filter lets through. */
  read(isNeeded: (stored: MatchedRecord, index: number) => boolean): Promise<void>;
  /** Makes a record as it now is known to the reports that follow. */
  add(entry: Entry): void;
}

/**
 * Asks the store for a whole batch at once: one statement per rule, and a later rule only for reports that no earlier
 * one found.
 */
export async function matchBatch(
  store: InventoryStore,
  reports: readonly IncomingRecord[],
  rules: MatchRules,
): Promise<BatchMatch> {
  const allRules = withIdentity(rules);
  const probes = reports.map((report) => allRules.map((rule) => probeOf(report, rule)));
  const stored = new Map<RecordId, Entry>();
  /** By the key of a probe: entries that fitted it when it was asked, or that were added since. */
  const entries = new Map<string, Entry[]>();
  const added: Entry[] = [];

  async function ask(wanted: readonly Probe[]): Promise<void> {
    const unasked = new Map<string, Lookup>();
    for (const { key, lookup } of wanted) if (!entries.has(key)) unasked.set(key, lookup);
    if (unasked.size === 0) return;
    const found = await store.match([...unasked.values()]);
    let index = 0;
    for (const [key, lookup] of unasked) {
      const fitting = added.filter(({ identity }) => matches(identity, lookup));
      entries.set(key, [...new Set([...(found[index++] ?? []).map(entryOf), ...fitting])]);
    }
  }

  function entryOf(matched: MatchedRecord): Entry {
    const known = stored.get(matched.id);
    if (known !== undefined) return known;
    const entry: Entry = { stored: matched, record: undefined, identity: matched.identity, changed: false, fields: [] };
    stored.set(matched.id, entry);
    return entry;
  }

  function candidates({ key, lookup }: Probe): Entry[] {
    return (entries.get(key) ?? []).filter(({ identity }) => matches(identity, lookup));
  }

  let open = probes;
  for (const index of allRules.keys()) {
    await ask(open.flatMap((ofReport) => ofReport[index] ?? []));
    open = open.filter((ofReport) => ofReport[index] === undefined || candidates(ofReport[index]).length === 0);
  }

  return {
    async find(report) {
      for (const [index, probe] of (probes[report] ?? []).entries()) {
        if (probe === undefined) continue;
        await ask([probe]);
        const [found, other] = candidates(probe);
        if (other !== undefined) throw tooMany(index, probe.lookup);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    async read(isNeeded) {
      const needed = new Map<RecordId, Entry>();
      for (const [index, ofReport] of probes.entries()) {
        for (const probe of ofReport) {
          const [entry] = probe === undefined ? [] : candidates(probe);
          if (entry?.stored === undefined) continue;
          if (isNeeded(entry.stored, index)) needed.set(entry.stored.id, entry);
          break;
        }
      }
      if (needed.size === 0) return;
      for (const { id, record } of await store.records([...needed.keys()])) {
        const entry = needed.get(id);
        if (entry !== undefined) entry.record = record;
      }
    },
    add(entry) {
      if (entry.record === undefined) return;
      added.push(entry);
      for (const rule of allRules) {
        const probe = probeOf(entry.record, rule);
        const known = probe && entries.get(probe.key);
        if (known !== undefined && !known.includes(entry)) known.push(entry);
      }
    },
  };
}

/** What the store keeps unique is tried last, unless a rule has tried as much. */
function withIdentity(rules: MatchRules): MatchRules {
  const covered = rules.some(
    (rule) => rule.length > 0 && rule.every((path) => ownIdentity.some((own) => own === path)),
  );
  return covered ? rules : [...rules, ownIdentity];
}

interface Probe {
  readonly lookup: Lookup;
  readonly key: string;
}

function probeOf(report: IncomingRecord, rule: readonly IdentityPath[]): Probe | undefined {
  const lookup = lookupOf(report, rule);
  return lookup === undefined ? undefined : { lookup, key: JSON.stringify(lookup) };
}

function tooMany(index: number, lookup: Lookup): CollectError {
  const values = Object.entries(lookup).map(([path, value]) => `${path} = ${value}`);
  return new CollectError('conflict', `match rule ${index + 1} matches more than one record`, {
    where: values.join(', '),
    fix: 'Name more paths in the rule.',
  });
}
