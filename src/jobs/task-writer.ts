import type { CollectedServer } from '#collect/collect-region.ts';
import type { Ledger } from '#collect/ledger.ts';
import { reportOf } from '#model/errors.ts';
import { addCosts } from '#model/fleet.ts';
import type { Provider } from '#model/provider.ts';
import { globalRegion } from '#model/region.ts';
import type { Statistic } from '#model/statistic.ts';
import { markAbsent } from '#platform/inventory/absent.ts';
import { type MergeOutcome, mergeBatch } from '#platform/inventory/inventory.ts';
import { defaultRules } from '#platform/inventory/match-rules.ts';
import type { RecordId } from '#store/inventory.ts';
import { addCounts, type Counts, noCounts } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { RecordChange, RecordChanges, TaskClaim, TaskProgress } from '#store/tasks.ts';
import { measuredRecord } from './measured-record.ts';
import type { PhaseLog } from './phase-log.ts';
import type { RegionResult } from './run-regions.ts';

export interface TaskWriterContext {
  readonly store: Store;
  readonly claim: TaskClaim;
  /** What the claim is for. */
  readonly place: {
    readonly provider: Provider;
    readonly account: string;
    readonly region: string;
    /** Which regions are wanted of a place that has none of its own; empty for all. */
    readonly regions: readonly string[];
  };
  /** Resource types that are read, by id. */
  readonly types: readonly string[];
  /** Whether all that there is of these is read: then what was not met is gone. */
  readonly isWhole: boolean;
  readonly statistics: readonly Statistic[];
  readonly ledger: Ledger;
  readonly phases: PhaseLog;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Something to be written together with what was read. */
export type Along = (tx: Store) => Promise<void>;

/**
 * Stores what one attempt at a task reads. Records, days and the task's progress of a batch are one transaction: a kill cannot
 * part them, and where the attempt is not the last one any more, none of them is stored.
 */
export class TaskWriter {
  readonly #context: TaskWriterContext;
  /** Clocks of one machine: all that this attempt reports is seen after this. */
  readonly #begunAt: number;
  #counts: Counts = noCounts;

  constructor(context: TaskWriterContext) {
    this.#context = context;
    this.#begunAt = context.now();
  }

  get counts(): Counts {
    return this.#counts;
  }

  /** @throws CollectError `conflict` where the claim is lost */
  async store(batch: readonly CollectedServer[], soFar: RegionResult, along: Along = nothing): Promise<void> {
    const { store, claim, place, statistics, phases, now } = this.#context;
    const storing = () =>
      store.transaction(async (tx) => {
        const records = batch.map(({ resource, folded }) =>
          measuredRecord(resource, folded, place.provider, statistics),
        );
        const outcomes = await mergeBatch(tx, records, now(), defaultRules, claim.job);
        await tx.history.write(historyOf(batch, outcomes));
        const changes = changesOf(outcomes, claim.changes);
        const counts = addCounts(this.#counts, countOutcomes(outcomes, changes, batch));
        await tx.tasks.progress(claim, { ...this.#progressOf(soFar), counts, changes });
        await along(tx);
        return counts;
      });
    this.#counts = await phases.writing(storing);
  }

  /** @throws CollectError `conflict` where the claim is lost */
  async end(result: RegionResult, along: Along = nothing): Promise<void> {
    const { store, claim, now } = this.#context;
    const { state, error } = result;
    await store.transaction(async (tx) => {
      const progress = { ...this.#progressOf(result), counts: this.#counts };
      await tx.tasks.end(
        claim,
        { ...progress, state, ...(error === undefined ? {} : { error: reportOf(error) }) },
        now(),
      );
      if (state === 'SUCCESS') await this.#markAbsent(tx);
      await along(tx);
    });
  }

  /** A reading that met no error has met all that there is. */
  async #markAbsent(tx: Store): Promise<void> {
    const { claim, place, types, isWhole, now } = this.#context;
    if (!isWhole) return;
    const { provider, account, region, regions } = place;
    const isGlobal = region === globalRegion;
    // Of a place without regions only those that were asked for were kept.
    if (isGlobal && regions.length > 0) return;
    await markAbsent(
      tx,
      {
        provider: provider.id,
        account,
        ...(isGlobal ? {} : { region }),
        types: provider.types.filter(({ id }) => types.includes(id)),
        since: this.#begunAt,
      },
      claim.job,
      now(),
    );
  }

  #progressOf({ servers, failures }: RegionResult): TaskProgress {
    const { claim, ledger, phases, place } = this.#context;
    const { account, region } = place;
    const spent = addCosts([claim.spent, ledger.spent({ account, region })]);
    return { doneServers: servers, failures, spent, phases: phases.spans() };
  }
}

async function nothing(): Promise<void> {}

function historyOf(batch: readonly CollectedServer[], outcomes: readonly MergeOutcome[]) {
  return batch.flatMap(({ days }, at) => {
    const outcome = outcomes[at];
    return outcome === undefined || outcome.change === 'failed' || days.size === 0
      ? []
      : [{ resourceId: outcome.id, days }];
  });
}

/** What became of each record over all attempts: one that an earlier attempt created has been created, whatever is new of it. */
function changesOf(outcomes: readonly MergeOutcome[], earlier: RecordChanges): RecordChanges {
  const changes = new Map<RecordId, RecordChange>();
  for (const outcome of outcomes) {
    if (outcome.change === 'failed') continue;
    const before = changes.get(outcome.id) ?? earlier.get(outcome.id) ?? 'unchanged';
    changes.set(outcome.id, before === 'created' || outcome.change === 'unchanged' ? before : outcome.change);
  }
  return changes;
}

/** A server counts as failed where it could not be merged or not be read in full, whatever became of its record. */
function countOutcomes(
  outcomes: readonly MergeOutcome[],
  changes: RecordChanges,
  batch: readonly CollectedServer[],
): Counts {
  const of = (change: RecordChange) =>
    outcomes.filter((outcome) => outcome.change !== 'failed' && changes.get(outcome.id) === change).length;
  return {
    servers: batch.length,
    created: of('created'),
    updated: of('updated'),
    unchanged: of('unchanged'),
    failed: batch.filter(({ failures }, at) => failures.length > 0 || outcomes[at]?.change === 'failed').length,
  };
}
