import { type CollectError, type ErrorReport, reportOf } from '#model/errors.ts';
import type { MergeOutcome } from '#platform/inventory/inventory.ts';
import type { RecordId } from '#store/inventory.ts';
import { type Counts, type FailureGroup, noCounts } from '#store/jobs.ts';
import type { RecordChange, RecordChanges } from '#store/tasks.ts';
import { type Redaction, redactError } from './redact.ts';

/** A plugin could give each of a million failures a text of its own. */
const groupLimit = 20;
const textChars = 500;

/** What a task has come to. */
export class TaskTally {
  readonly #redact: Redaction;
  readonly #groups = new Map<string, FailureGroup>();
  readonly #earlier: Map<RecordId, RecordChange>;
  #counts: Counts = noCounts;

  /** @param earlier what attempts before this one made of records: they count as that, once */
  constructor(redact: Redaction, earlier: RecordChanges = new Map()) {
    this.#redact = redact;
    this.#earlier = new Map(earlier);
  }

  get counts(): Counts {
    return this.#counts;
  }

  get failures(): readonly FailureGroup[] {
    return [...this.#groups.values()];
  }

  /** @returns what became of the records, over all attempts */
  merged(outcomes: readonly MergeOutcome[]): RecordChanges {
    const changes = new Map<RecordId, RecordChange>();
    for (const outcome of outcomes) {
      if (outcome.change === 'failed') {
        this.failed(outcome.error);
        continue;
      }
      const before = this.#earlier.get(outcome.id);
      this.#earlier.delete(outcome.id);
      const change = before === undefined || before === 'unchanged' ? outcome.change : before;
      this.#count(change);
      changes.set(outcome.id, changes.get(outcome.id) ?? change);
    }
    return changes;
  }

  failed(error: CollectError): void {
    this.#count('failed');
    const report = this.redacted(error);
    const full = this.#groups.size >= groupLimit;
    const own = `${report.code}: ${report.message}`;
    const key = this.#groups.has(own) || !full ? own : 'others';
    const group = this.#groups.get(key);
    if (group !== undefined) this.#groups.set(key, { ...group, count: group.count + 1 });
    else this.#groups.set(key, { reason: key === 'others' ? 'others' : report.code, count: 1, error: report });
  }

  /** As it may be kept. */
  redacted(error: CollectError): ErrorReport {
    const report = reportOf(redactError(error, this.#redact));
    return { ...report, message: report.message.slice(0, textChars) };
  }

  #count(what: Exclude<keyof Counts, 'servers'>): void {
    this.#counts = { ...this.#counts, servers: this.#counts.servers + 1, [what]: this.#counts[what] + 1 };
  }
}
