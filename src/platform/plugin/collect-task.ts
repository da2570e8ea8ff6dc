import { CollectError, type ErrorReport } from '#model/errors.ts';
import type { Counts, FinalTaskState, JobId } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { RecordChanges, TaskProgress } from '#store/tasks.ts';
import { mergeReadings, type RecordReading } from './merge-readings.ts';
import type { PluginMessage } from './peer.ts';
import type { ReadContext, Reading } from './read-resource.ts';
import { resourceReader } from './read-resource.ts';
import type { Redaction } from './redact.ts';
import { TaskTally } from './task-tally.ts';

export interface TaskWork {
  readonly messages: AsyncIterable<PluginMessage>;
  readonly read: ReadContext;
  readonly store: Store;
  /** What changes of records are noted with. */
  readonly job?: JobId;
  readonly redact: Redaction;
  /** What attempts before this one made of records; none where absent. */
  readonly earlier?: RecordChanges;
  /** Whether it is we who want it to end, and not the plugin. */
  readonly isCanceled: () => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Stored together with each batch. */
  readonly along: (tx: Store, progress: TaskProgress) => Promise<void>;
}

export interface TaskResult {
  readonly state: FinalTaskState;
  readonly progress: TaskProgress;
  readonly error?: ErrorReport;
}

/** A batch is merged when it has so many records, or so many bytes. */
const batchRecords = 200;
const batchBytes = 8 * 2 ** 20;

/**
 * Merges one stream into the inventory, batch by batch. The next message is asked for once a batch is stored, so a plugin is held to
 * our pace, whatever its own.
 *
 * @returns how it ended: what was merged before a failure stays, and the result says that it is part of the whole
 * @throws CollectError where the store fails, or the task is not ours any more
 */
export async function collectTask(work: TaskWork): Promise<TaskResult> {
  const tally = new TaskTally(work.redact, work.earlier);
  const batch = new Batch(work, tally);
  const read = resourceReader(work.read);
  let failure: CollectError | undefined;
  for await (const next of caught(work.messages)) {
    if (next instanceof CollectError) failure = next;
    else await batch.add(read(next));
  }
  await batch.store();
  const { counts, failures } = tally;
  const progress = { counts, failures, doneServers: counts.servers };
  const error = failure === undefined ? {} : { error: tally.redacted(failure) };
  return {
    state: work.isCanceled() && failure !== undefined ? 'CANCELED' : stateOf(failure, counts),
    progress,
    ...error,
  };
}

/** The messages of a stream, and what it ended with. What we throw ourselves, while it waits, is not among that. */
async function* caught(messages: AsyncIterable<PluginMessage>): AsyncGenerator<PluginMessage | CollectError> {
  const stream = messages[Symbol.asyncIterator]();
  try {
    for (;;) {
      let next: IteratorResult<PluginMessage>;
      try {
        next = await stream.next();
      } catch (thrown) {
        yield CollectError.from(thrown);
        return;
      }
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await stream.return?.();
  }
}

function stateOf(failure: CollectError | undefined, { servers, failed }: Counts): FinalTaskState {
  if (failure === undefined && failed === 0) return 'SUCCESS';
  return servers > failed ? 'PARTIAL' : 'FAILURE';
}

class Batch {
  readonly #work: TaskWork;
  readonly #tally: TaskTally;
  #records: RecordReading[] = [];
  #bytes = 0;

  constructor(work: TaskWork, tally: TaskTally) {
    this.#work = work;
    this.#tally = tally;
  }

  async add(reading: Reading): Promise<void> {
    if (reading.kind === 'failed') this.#tally.failed(reading.error);
    if (reading.kind !== 'record') return;
    this.#records.push(reading);
    this.#bytes += reading.sizeBytes;
    if (this.#records.length >= batchRecords || this.#bytes >= batchBytes) await this.store();
  }

  async store(): Promise<void> {
    const { store, now, job, along } = this.#work;
    const records = this.#records;
    if (records.length === 0) return;
    await store.transaction(async (tx) => {
      const changes = this.#tally.merged(await mergeReadings(tx, records, { now: now(), job }));
      const { counts, failures } = this.#tally;
      await along(tx, { counts, failures, doneServers: counts.servers, changes });
    });
    this.#records = [];
    this.#bytes = 0;
  }
}
