import { CollectError } from '#model/errors.ts';
import type { InventoryRecord } from '#model/record.ts';
import type { ChangeDraft, RecordEvent } from '#store/changes.ts';
import type { InventoryStore, RecordId, RecordWrite } from '#store/inventory.ts';
import type { JobId } from '#store/jobs.ts';
import { identityOf, isWhole, outlineOf, type RecordOutline, sameOutline, shapeOf } from '#store/record-outline.ts';
import type { Store } from '#store/store.ts';
import { type BatchMatch, type Entry, matchBatch } from './batch-match.ts';
import { fieldChanges } from './field-changes.ts';
import { defaultRules, type MatchRules, sameIdentity } from './match-rules.ts';
import { type Change, type IncomingRecord, type Merged, mergeRecord } from './merge.ts';

/** What became of one report. */
export type MergeOutcome =
  | { readonly change: Change; readonly id: RecordId }
  | { readonly change: 'failed'; readonly error: CollectError };

/**
 * Merges reports into the inventory: all that can be merged in one transaction, in order, so that two reports of one
 * server add up. A report that matches no record makes one; one that matches several, or cannot be a record, fails alone.
 *
 * @param reports best some 500 at a time: one statement to match them all, then a row written per change
 * @param now epoch milliseconds
 * @param job that found this, where one did: changes name it
 * @returns an outcome per report, in order
 * @throws CollectError `store_failed`; then nothing of the batch is stored
 */
export async function mergeBatch(
  store: Store,
  reports: readonly IncomingRecord[],
  now: number,
  rules: MatchRules = defaultRules,
  job?: JobId,
): Promise<readonly MergeOutcome[]> {
  if (reports.length === 0) return [];
  return store.transaction(async ({ inventory, changes }) => {
    const match = await matchBatch(inventory, reports, rules);
    await match.read((stored, index) => !replaces(reports[index] ?? {}, stored.outline));
    const steps: Step[] = [];
    for (const [index, report] of reports.entries()) steps.push(await mergeOne(inventory, match, index, report));

    const touched = new Set(steps.flatMap((step) => ('entry' in step ? [step.entry] : [])));
    const changed = [...touched].filter((entry) => entry.changed);
    const ids = await inventory.put(changed.flatMap(writeOf), now);
    const idOf = new Map(changed.map((entry, index) => [entry, ids[index]]));
    await inventory.touch(
      [...touched].flatMap(({ stored, changed }) => (changed || stored === undefined ? [] : [stored.id])),
      now,
    );

    await changes.add(changesOf([...touched], idOf, job), now);

    return steps.map((step) => {
      if ('error' in step) return { change: 'failed', error: step.error };
      const id = step.entry.stored?.id ?? idOf.get(step.entry);
      if (id === undefined) throw new CollectError('internal', 'a merged record has no id');
      return { change: step.change, id };
    });
  });
}

type Step = { readonly change: Change; readonly entry: Entry } | { readonly error: CollectError };

async function mergeOne(
  inventory: InventoryStore,
  match: BatchMatch,
  index: number,
  report: IncomingRecord,
): Promise<Step> {
  try {
    const known = await match.find(index);
    const { record, change } = await mergeWith(inventory, known, report);
    const identity = identityOf(record);
    const entry: Entry = known ?? { stored: undefined, record, identity, changed: true, fields: [] };
    if (known?.stored !== undefined && known.record !== undefined && change !== 'unchanged') {
      entry.fields.push(...fieldChanges(known.record, record));
    }
    entry.record = record;
    // Who was gone and is reported again is written again, so that it is there again.
    if (change !== 'unchanged' || known?.stored?.isAbsent === true) {
      entry.identity = identity;
      entry.changed = true;
      match.add(entry);
    }
    return { change, entry };
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'conflict' || error.code === 'invalid_input') return { error };
    throw error;
  }
}

/** `mergeRecord`, without reading the stored record where nothing of it will be left. */
async function mergeWith(inventory: InventoryStore, known: Entry | undefined, report: IncomingRecord): Promise<Merged> {
  if (known?.stored === undefined || known.record !== undefined) return mergeRecord(known?.record, report);
  if (replaces(report, known.stored.outline)) return { record: report, change: 'updated' };
  const [read] = await inventory.records([known.stored.id]);
  if (read === undefined) throw new CollectError('internal', 'a matched record is gone');
  return mergeRecord(read.record, report);
}

/** Whether the report is a whole record, of the stored one's keys, that the outline alone shows to be another. */
function replaces(report: IncomingRecord, stored: RecordOutline): report is InventoryRecord {
  if (stored.shape === '' || shapeOf(report) !== stored.shape || !isWhole(report)) return false;
  const outline = outlineOf(report);
  // Where more than what was measured has changed, the record is read, to tell what.
  return outline.facts === stored.facts && !sameOutline(outline, stored);
}

function changesOf(
  touched: readonly Entry[],
  idOf: ReadonlyMap<Entry, RecordId | undefined>,
  job: JobId | undefined,
): ChangeDraft[] {
  return touched.flatMap((entry) => {
    const { stored, fields } = entry;
    const resource = stored?.id ?? idOf.get(entry);
    const event = eventOf(entry);
    if (resource === undefined || event === undefined) return [];
    return [{ resource, event, fields, ...(job === undefined ? {} : { job }) }];
  });
}

function eventOf({ stored, fields }: Entry): RecordEvent | undefined {
  if (stored === undefined) return 'created';
  if (stored.isAbsent) return 'seen_again';
  return fields.length > 0 ? 'changed' : undefined;
}

function writeOf({ stored, record, identity }: Entry): RecordWrite[] {
  if (record === undefined) return [];
  if (stored === undefined) return [{ record }];
  return [{ id: stored.id, record, sameIdentity: sameIdentity(stored.identity, identity) }];
}
