import { CollectError } from '#model/errors.ts';
import type { ChangeDraft, RecordEvent } from '#store/changes.ts';
import type { InventoryStore, MatchedRecord, RecordId, RecordWrite } from '#store/inventory.ts';
import type { JobId } from '#store/jobs.ts';
import { identityOf, isWhole, outlineOf, type RecordOutline, sameOutline } from '#store/record-outline.ts';
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
    const outlines: Outlines = new Map();
    const judge: Judge = (report, stored) => verdictOf(report, stored, outlines);
    await match.read((stored, index) => judge(reports[index] ?? {}, stored) === 'unclear');
    const steps: Step[] = [];
    for (const [index, report] of reports.entries()) steps.push(await mergeOne(inventory, match, judge, index, report));

    const touched = new Set(steps.flatMap((step) => ('entry' in step ? [step.entry] : [])));
    const changed = [...touched].filter((entry) => entry.changed);
    const ids = await inventory.put(
      changed.flatMap((entry) => writeOf(entry, outlines)),
      now,
    );
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
  judge: Judge,
  index: number,
  report: IncomingRecord,
): Promise<Step> {
  try {
    const known = await match.find(index);
    if (known?.stored !== undefined && known.record === undefined && judge(report, known.stored) === 'repeats') {
      return { change: 'unchanged', entry: known };
    }
    const { record, change } = await mergeWith(inventory, judge, known, report);
    const identity = identityOf(record);
    const entry: Entry = known ?? { stored: undefined, record, identity, changed: true, fields: [] };
    if (known?.stored !== undefined && known.record !== undefined && change !== 'unchanged') {
      entry.fields.push(...fieldChanges(known.record, record));
    }
    entry.record = record;
    // Who was gone and is reported again is written again, so that it is there again; and so is what the release before wrote,
    // which left out columns that it does not know.
    const isStale = known?.stored?.isAbsent === true || known?.stored?.outline.digest === '';
    if (change !== 'unchanged' || isStale) {
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
async function mergeWith(
  inventory: InventoryStore,
  judge: Judge,
  known: Entry | undefined,
  report: IncomingRecord,
): Promise<Merged> {
  if (known?.stored === undefined || known.record !== undefined) return mergeRecord(known?.record, report);
  if (judge(report, known.stored) === 'replaces' && isWhole(report)) return { record: report, change: 'updated' };
  const [read] = await inventory.records([known.stored.id]);
  if (read === undefined) throw new CollectError('internal', 'a matched record is gone');
  return mergeRecord(read.record, report);
}

/**
 * What the outline of the stored record alone says of a report: that it is a whole record which repeats or replaces that one, or
 * that the record has to be read.
 */
type Verdict = 'repeats' | 'replaces' | 'unclear';
type Judge = (report: IncomingRecord, stored: MatchedRecord) => Verdict;

/** Of reports that are whole records: each is made once, to judge it and to write it. */
type Outlines = Map<IncomingRecord, RecordOutline>;

function verdictOf(report: IncomingRecord, { outline: stored, isAbsent }: MatchedRecord, outlines: Outlines): Verdict {
  if (stored.shape === '' || !isWhole(report)) return 'unclear';
  const outline = outlines.get(report) ?? outlineOf(report);
  outlines.set(report, outline);
  // Where more than what was measured has changed, the record is read, to tell what.
  if (outline.shape !== stored.shape || outline.facts !== stored.facts) return 'unclear';
  if (outline.digest === stored.digest && !isAbsent) return 'repeats';
  return sameOutline(outline, stored) ? 'unclear' : 'replaces';
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
    const before = stored === undefined ? {} : { seenBefore: stored.lastSeenAt };
    return [{ resource, event, fields, ...before, ...(job === undefined ? {} : { job }) }];
  });
}

function eventOf({ stored, fields }: Entry): RecordEvent | undefined {
  if (stored === undefined) return 'created';
  if (stored.isAbsent) return 'seen_again';
  return fields.length > 0 ? 'changed' : undefined;
}

function writeOf({ stored, record, identity }: Entry, outlines: Outlines): RecordWrite[] {
  if (record === undefined) return [];
  const outline = outlines.get(record);
  const known = outline === undefined ? {} : { outline };
  if (stored === undefined) return [{ record, ...known }];
  return [{ id: stored.id, record, ...known, sameIdentity: sameIdentity(stored.identity, identity) }];
}
