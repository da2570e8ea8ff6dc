import { CollectError } from '#model/errors.ts';
import { type MergeOutcome, mergeBatch } from '#platform/inventory/inventory.ts';
import { lookupOf, type MatchRules } from '#platform/inventory/match-rules.ts';
import type { IncomingRecord } from '#platform/inventory/merge.ts';
import type { JobId } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { Reading } from './read-resource.ts';

export type RecordReading = Extract<Reading, { kind: 'record' }>;

interface MergedBy {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly job: JobId | undefined;
}

/**
 * Merges what a plugin told, in its order, by the rules that each resource carries.
 *
 * Resources of v1 that name an update mode change records and make none; `MERGE` keeps what a record has within the parts of
 * `data` that are told.
 *
 * @param tx a transaction
 * @param by when, and by which job
 * @returns an outcome per reading, in order
 */
export async function mergeReadings(
  tx: Store,
  readings: readonly RecordReading[],
  by: MergedBy,
): Promise<readonly MergeOutcome[]> {
  const outcomes: MergeOutcome[] = [];
  for (const run of runsOf(readings)) {
    const [{ rules, mode }] = run;
    if (mode === undefined) {
      outcomes.push(
        ...(await mergeBatch(
          tx,
          run.map(({ report }) => report),
          by.now,
          rules,
          by.job,
        )),
      );
      continue;
    }
    for (const reading of run) outcomes.push(await mergeKnown(tx, reading, by));
  }
  return outcomes;
}

type Run = [RecordReading, ...RecordReading[]];

/** Neighbours that are merged alike. */
function runsOf(readings: readonly RecordReading[]): Run[] {
  const runs: Run[] = [];
  let key = '';
  for (const reading of readings) {
    const own = JSON.stringify([reading.rules, reading.mode]);
    const run = runs.at(-1);
    if (run !== undefined && own === key) run.push(reading);
    else runs.push([reading]);
    key = own;
  }
  return runs;
}

async function mergeKnown(tx: Store, { report, rules, mode }: RecordReading, by: MergedBy): Promise<MergeOutcome> {
  const id = await findRecord(tx, report, rules);
  if (id === undefined) {
    const error = new CollectError('not_found', 'no record matches, and a resource with an update mode makes none', {
      where: report.reference?.resource_id ?? report.name ?? 'a resource without a name',
    });
    return { change: 'failed', error };
  }
  const [known] = mode === 'MERGE' && report.data !== undefined ? await tx.inventory.records([id]) : [];
  const full = known === undefined ? report : { ...report, data: deepMerged(known.record.data, report.data ?? {}) };
  const [outcome] = await mergeBatch(tx, [full], by.now, rules, by.job);
  if (outcome === undefined) throw new CollectError('internal', 'a merge has no outcome');
  return outcome;
}

/** The first record that one of the rules names; where it names several, merging says so. */
async function findRecord(tx: Store, report: IncomingRecord, rules: MatchRules): Promise<number | undefined> {
  for (const rule of rules) {
    const lookup = lookupOf(report, rule);
    const [found = []] = lookup === undefined ? [] : await tx.inventory.match([lookup]);
    const [record] = found;
    if (record !== undefined) return record.id;
  }
  return undefined;
}

/** The parts that are told, each with what is known put under it. Lists are replaced. */
function deepMerged<T extends object>(known: T, told: T): T {
  const merged = { ...told };
  for (const key in told) {
    const [before, now] = [known[key], told[key]];
    if (isMap(before) && isMap(now)) merged[key] = { ...before, ...deepMerged(before, now) };
  }
  return merged;
}

function isMap<T>(value: T): value is T & object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
