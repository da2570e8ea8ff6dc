import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { mapConcurrent } from '#collect/map-concurrent.ts';
import { CollectError, type ErrorReport, reportOf } from '#model/errors.ts';
import type { MissingReason } from '#model/missing.ts';
import { inSpan } from '#model/span.ts';
import type { KnownDays, Place, PlannedRegion, Readable, RunPlan } from './plan-run.ts';

/** How the reading of one region ended. */
export type RegionState = 'SUCCESS' | 'PARTIAL' | 'FAILURE' | 'CANCELED';

export interface RegionResult {
  readonly state: RegionState;
  readonly servers: number;
  /** Servers of which at least one key could not be read. */
  readonly failed: number;
  readonly failures: readonly FailureGroup[];
  readonly error?: CollectError;
}

/** Failures with one cause, counted in servers. */
export interface FailureGroup {
  readonly reason: MissingReason;
  readonly count: number;
  readonly error: ErrorReport;
}

/** Where a run's results go; each call is awaited before more of that region is read. */
export interface RunSink<P extends Place = PlannedRegion> {
  started(region: P): Promise<void>;
  /** @param soFar of this region, this batch included */
  store(region: P, batch: readonly CollectedServer[], soFar: RegionResult): Promise<void>;
  ended(region: P, result: RegionResult): Promise<void>;
}

export interface RunContext<P extends Place = PlannedRegion> {
  readonly known: KnownDays;
  readonly sink: RunSink<P>;
  readonly concurrency: number;
  /** Aborted: finish what is in flight, store it, end. */
  readonly stopping: AbortSignal;
  /** Aborted: break off calls too. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const regionsAtOnce = 6;

type What = Pick<RunPlan, 'wanted' | 'types'>;

/** Reads planned regions, several at once. One that fails is a result, not the end of the others. */
export async function runRegions<P extends Place>(
  { wanted, types }: What,
  regions: readonly P[],
  context: RunContext<P>,
): Promise<RegionResult[]> {
  return Array.fromAsync(
    mapConcurrent(regions, regionsAtOnce, (region) => tracedRegion({ wanted, types }, region, context)),
  );
}

/** Regions without servers are not worth a call. */
export function isWorthRunning({ outcome }: PlannedRegion): boolean {
  return 'error' in outcome || outcome.estimate.servers > 0;
}

function tracedRegion<P extends Place>(what: What, place: P, context: RunContext<P>): Promise<RegionResult> {
  const { target, account, region } = place;
  const attributes = { 'cloud.provider': target.provider.id, 'cloud.account.id': account, 'cloud.region': region };
  return inSpan({ name: 'task', kind: 'internal', attributes }, async (span) => {
    const result = await runRegion(what, place, context);
    span.set({ 'fleetgauge.state': result.state, 'fleetgauge.servers': result.servers });
    if (result.error !== undefined) span.fail(result.error.code);
    return result;
  });
}

async function runRegion<P extends Place>(what: What, region: P, context: RunContext<P>): Promise<RegionResult> {
  const { sink, stopping } = context;
  if (stopping.aborted) return end(sink, region, new Tally().result('CANCELED'));
  await sink.started(region);
  const { outcome } = region;
  if ('error' in outcome) return end(sink, region, new Tally().result('FAILURE', outcome.error));
  const tally = new Tally();
  try {
    for await (const batch of readRegion(what, region.region, outcome, context)) {
      tally.add(batch);
      await sink.store(region, batch, tally.result('PARTIAL'));
    }
  } catch (caught) {
    const error = CollectError.from(caught);
    return end(sink, region, tally.result(stateAfter(error, tally), error));
  }
  return end(sink, region, stopping.aborted ? tally.result('CANCELED') : tally.whole(region, outcome.selected));
}

/** What was read before the error is stored, and counts. */
function stateAfter({ code }: CollectError, { hasAnswers }: Tally): RegionState {
  if (code === 'cancelled') return 'CANCELED';
  return hasAnswers ? 'PARTIAL' : 'FAILURE';
}

function readRegion<P extends Place>(what: What, region: string, { fleet, selects }: Readable, context: RunContext<P>) {
  const { known, concurrency, stopping, signal, now } = context;
  return collectRegion({ ...what, fleet, region, concurrency, selects, known, stopping, signal, now });
}

async function end<P extends Place>(sink: RunSink<P>, region: P, result: RegionResult): Promise<RegionResult> {
  await sink.ended(region, result);
  return result;
}

/** Counts what a region has come to. */
class Tally {
  #servers = 0;
  #failed = 0;
  #answered = 0;
  readonly #groups = new Map<string, { reason: MissingReason; count: number; error: ErrorReport }>();

  add(batch: readonly CollectedServer[]): void {
    for (const { days, failures } of batch) {
      this.#servers++;
      if (days.size > 0) this.#answered++;
      if (failures.length > 0) this.#failed++;
      for (const { reason, error } of new Map(failures.map((each) => [each.error.message, each])).values())
        this.#count(reason, error);
    }
  }

  get hasAnswers(): boolean {
    return this.#answered > 0;
  }

  /** Once all that there is has been read. @param selected how many of it there should be */
  whole({ account, region }: Place, selected = 0): RegionResult {
    const unmet = selected - this.#servers;
    const state = this.#state();
    if (unmet <= 0) return this.result(state);
    const error = new CollectError('not_found', `${unmet} of ${selected} selected servers not found`, {
      where: `${account}/${region}`,
      fix: 'they are gone, or of a type that was not read: a run of the whole account notes which',
    });
    return this.result(this.#servers === 0 || state === 'FAILURE' ? 'FAILURE' : 'PARTIAL', error);
  }

  result(state: RegionState, error?: CollectError): RegionResult {
    return {
      state,
      servers: this.#servers,
      failed: this.#failed,
      failures: [...this.#groups.values()],
      ...(error === undefined ? {} : { error }),
    };
  }

  /** Nothing answered and something refused is a failure; some of it is partial. */
  #state(): RegionState {
    if (this.#failed === 0) return 'SUCCESS';
    return this.hasAnswers ? 'PARTIAL' : 'FAILURE';
  }

  #count(reason: MissingReason, error: CollectError): void {
    const report = reportOf(error);
    const group = this.#groups.get(report.message) ?? { reason, count: 0, error: report };
    group.count++;
    this.#groups.set(report.message, group);
  }
}
