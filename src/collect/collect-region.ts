import pLimit from 'p-limit';
import type { DayCell, Days } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import type { Answer, Failure, Fleet, MetricReply, MetricRequest } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { type MissingReason, reasonOf } from '#model/missing.ts';
import type { Resource } from '#model/resource.ts';
import type { Day, DayRange } from '#model/window.ts';
import { batchSizeOf } from './batch-size.ts';
import { piecesOf, wantsOf } from './batch-wants.ts';
import { CellColumns } from './cell-columns.ts';
import { type Folded, fold } from './fold.ts';
import { foreignDays } from './foreign-days.ts';
import { mapConcurrent, rebatch } from './map-concurrent.ts';
import type { Wanted } from './missing-days.ts';

export interface RegionRun {
  readonly fleet: Fleet;
  readonly region: string;
  readonly wanted: Wanted;
  /** Resource types by id. */
  readonly types: readonly string[];
  /** Calls in flight. */
  readonly concurrency: number;
  /** Which servers are of interest. */
  readonly selects: (resource: Resource) => boolean;
  /** Days of these servers that are stored already, by resource id. */
  readonly known: (resources: readonly Resource[]) => Promise<ReadonlyMap<string, Days>>;
  /** Aborted: no further request is sent, those in flight are finished. */
  readonly stopping: AbortSignal;
  /** Aborted: calls in flight are broken off too. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Servers whose reading has ended, with all that is to be stored of them. */
export interface CollectedServer {
  readonly resource: Resource;
  /** Newly read days, and those that were stored of a namesake, emptied. */
  readonly days: Days;
  /** Absent where the run was stopped before all was read: then only the days are to be kept. */
  readonly folded: Folded | undefined;
  readonly failures: readonly {
    readonly key: MetricKey;
    readonly reason: MissingReason;
    readonly error: CollectError;
  }[];
}

/**
 * Discovers and measures the servers of one region, batch by batch: memory does not grow with the fleet, and every server
 * that was discovered comes once.
 *
 * @throws CollectError where discovery failed, after the batches of what it found: then nothing may be said about which
 *   servers exist
 */
export async function* collectRegion(run: RegionRun): AsyncGenerator<CollectedServer[]> {
  const survey = await run.fleet.survey(run.region, run.signal, run.types);
  const gate = createRequestGate(run);
  const selected = selectPages(run);
  const size = batchSizeOf(run.fleet, run.wanted.statistics);
  for await (const batch of rebatch(selected, size)) yield* collectBatch(run, batch, survey, gate);
}

async function* selectPages({
  fleet,
  region,
  types,
  selects,
  stopping,
  signal,
}: RegionRun): AsyncGenerator<Resource[]> {
  for await (const page of fleet.resources(region, types, signal)) {
    if (stopping.aborted) return;
    yield page.filter(selects);
  }
}

/** Read together, and handed on in pieces. */
async function* collectBatch(
  run: RegionRun,
  batch: readonly Resource[],
  survey: unknown,
  fetchOne: RequestGate,
): AsyncGenerator<CollectedServer[]> {
  const plan = run.fleet.plan(await wantsOf(batch, run.known, run.wanted), survey);
  const read = new BatchRead();
  for (const { resourceId, key, reason, error } of plan.unasked) read.gap(resourceId, key, reason, error);
  await readAll(run, plan.requests, fetchOne, read);
  for (const piece of piecesOf(batch)) {
    const known = await run.known(piece);
    yield piece.map((resource) => finish(run, resource, known.get(resource.id) ?? noDays, read));
  }
}

/** Reads requests and the follow-ups that their replies ask for. */
async function readAll(
  { fleet, concurrency }: RegionRun,
  requests: readonly MetricRequest[],
  fetchOne: RequestGate,
  read: BatchRead,
): Promise<void> {
  let round = requests;
  for (let depth = 0; round.length > 0; depth++) {
    const followUps: MetricRequest[] = [];
    for await (const reply of mapConcurrent(round, concurrency, (request) => fetchOne(request, depth > 0))) {
      for (const answer of reply.answers) read.answer(answer);
      for (const { resourceId, key, reason, error } of reply.failures) {
        // A server that went while it was read is no fault of the run.
        read.gap(resourceId, key, reason, reason === 'terminated' ? undefined : error);
      }
      followUps.push(...reply.followUps);
    }
    round = fleet.join(followUps);
  }
}

function finish(run: RegionRun, resource: Resource, known: Days, read: BatchRead): CollectedServer {
  const days = ownDays(resource, known, read.daysOf(resource.id), run.wanted.window);
  const gaps = read.gapsOf(resource.id);
  const stopped = [...gaps.values()].some(({ reason }) => reason === 'not_read');
  const missing = new Map(
    [...gaps].map(([key, { reason, error }]) => [key, { reason, isFailure: error !== undefined }]),
  );
  const context = {
    wanted: run.wanted,
    source: (key: MetricKey) => run.fleet.source(resource, key),
    missing,
    now: run.now(),
  };
  return {
    resource,
    days,
    folded: stopped ? undefined : fold(resource, mergeDays(known, days), context),
    failures: [...gaps].flatMap(([key, { reason, error }]) => (error === undefined ? [] : [{ key, reason, error }])),
  };
}

/** What was read, with the days emptied that are not of this resource, wherever they were found. */
function ownDays(resource: Resource, known: Days, read: Days, window: DayRange): Days {
  const [stored, told] = [foreignDays(resource, known, window), foreignDays(resource, read, window)];
  return stored.size === 0 && told.size === 0 ? read : mergeDays(mergeDays(stored, read), told);
}

/** What a batch has read so far, by server. */
class BatchRead {
  readonly #cells = new CellColumns();
  readonly #gaps = new Map<string, Map<MetricKey, { reason: MissingReason; error: CollectError | undefined }>>();

  answer({ resourceId, key, cells }: Answer): void {
    this.#cells.add(resourceId, key, cells);
  }

  gap(resourceId: string, key: MetricKey, reason: MissingReason, error: CollectError | undefined): void {
    getOrMake(
      this.#gaps,
      resourceId,
      () => new Map<MetricKey, { reason: MissingReason; error: CollectError | undefined }>(),
    ).set(key, { reason, error });
  }

  daysOf(resourceId: string): Days {
    return this.#cells.daysOf(resourceId);
  }

  gapsOf(resourceId: string): ReadonlyMap<MetricKey, { reason: MissingReason; error: CollectError | undefined }> {
    return this.#gaps.get(resourceId) ?? new Map();
  }
}

/** @param completes the request completes one that was sent: a run that is stopping still sends it, so that neither was in vain */
type RequestGate = (request: MetricRequest, completes: boolean) => Promise<MetricReply>;

/** Failures in a row, each after all its tries, until a region is given up. */
const patience = 3;

/**
 * Sends requests until the region shows that it will not answer: a refusal counts at once, silence after a few requests.
 * What is not sent after that fails with the same cause, so that a denied region costs one call and not hundreds.
 */
function createRequestGate({ fleet, concurrency, stopping, signal }: RegionRun): RequestGate {
  const inFlight = pLimit(concurrency);
  let givenUp: CollectError | undefined;
  let failuresInRow = 0;
  return (request, completes) => inFlight(() => sendOne(request, completes));

  async function sendOne(request: MetricRequest, completes: boolean): Promise<MetricReply> {
    if (stopping.aborted && !completes)
      return allFailed(request, new CollectError('cancelled', 'the run was stopped before this was read'));
    if (givenUp !== undefined) return allFailed(request, givenUp);
    try {
      const reply = await fleet.fetch(request, signal);
      failuresInRow = 0;
      return reply;
    } catch (caught) {
      const error = CollectError.from(caught);
      failuresInRow++;
      if (!error.retryable || failuresInRow >= patience) givenUp = error;
      return allFailed(request, error);
    }
  }
}

function allFailed(request: MetricRequest, error: CollectError): MetricReply {
  const reason = reasonOf(error);
  const failures: Failure[] = request.covers.flatMap(({ resourceId, keys }) =>
    keys.map((key) => ({ resourceId, key, reason, error })),
  );
  return { answers: [], failures, followUps: [] };
}

function mergeDays(known: Days, read: Days): Days {
  const merged = new Map<Day, ReadonlyMap<MetricKey, DayCell>>(known);
  for (const [day, cells] of read) merged.set(day, new Map([...(known.get(day) ?? []), ...cells]));
  return merged;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const had = map.get(key);
  if (had !== undefined) return had;
  const made = make();
  map.set(key, made);
  return made;
}

const noDays: Days = new Map();
