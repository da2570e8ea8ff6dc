import { type CollectError, type ErrorReport, reportOf } from '#model/errors.ts';
import type { MergeOutcome } from '#platform/inventory/inventory.ts';
import { type Counts, type FailureGroup, noCounts } from '#store/jobs.ts';
import { type Redaction, redactError } from './redact.ts';

/** A plugin could give each of a million failures a text of its own. */
const groupLimit = 20;
const textChars = 500;

/** What a task has come to. */
export class TaskTally {
  readonly #redact: Redaction;
  readonly #groups = new Map<string, FailureGroup>();
  #counts: Counts = noCounts;

  constructor(redact: Redaction) {
    this.#redact = redact;
  }

  get counts(): Counts {
    return this.#counts;
  }

  get failures(): readonly FailureGroup[] {
    return [...this.#groups.values()];
  }

  merged(outcomes: readonly MergeOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.change === 'failed') this.failed(outcome.error);
      else this.#count(outcome.change);
    }
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
