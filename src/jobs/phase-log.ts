import type { CallStep } from '#collect/gate.ts';
import type { PhaseSpan, TaskPhase } from '#store/jobs.ts';

/** A task keeps no more: the shortest are swallowed by what comes before or after them. */
const mostSpans = 48;

/** Of calls in flight, how many are where. */
interface Standing {
  turn: number;
  pause: number;
  discovery: number;
  metrics: number;
}

/**
 * What one task is busy with, told from its calls: as long as one of them is under way it reads, else it waits for what they
 * wait for. Between calls it goes on with what it did.
 */
export class PhaseLog {
  readonly #now: () => number;
  readonly #standing: Standing = { turn: 0, pause: 0, discovery: 0, metrics: 0 };
  #spans: PhaseSpan[];
  #work: 'discovery' | 'metrics' = 'discovery';
  #phase: TaskPhase = 'discovery';
  #since: number;
  #isWriting = false;

  /** @param earlier of attempts before this one. @param now epoch milliseconds */
  constructor(earlier: readonly PhaseSpan[], now: () => number) {
    this.#spans = [...earlier];
    this.#now = now;
    this.#since = now();
  }

  /** A call comes from one step to another; undefined before the first and after the last. */
  step(isMetric: boolean, from: CallStep | undefined, to: CallStep | undefined): void {
    const kind = isMetric ? 'metrics' : 'discovery';
    const place = (step: CallStep) => (step === 'sent' ? kind : step);
    if (from !== undefined) this.#standing[place(from)]--;
    if (to !== undefined) this.#standing[place(to)]++;
    if (to === 'sent') this.#work = kind;
    this.#look();
  }

  async writing<T>(work: () => Promise<T>): Promise<T> {
    this.#isWriting = true;
    this.#look();
    try {
      return await work();
    } finally {
      this.#isWriting = false;
      this.#look();
    }
  }

  /** Until now, in order. */
  spans(): readonly PhaseSpan[] {
    const now = this.#now();
    return bounded(now > this.#since ? [...this.#spans, [this.#phase, this.#since, now]] : this.#spans);
  }

  #look(): void {
    const phase = this.#current();
    if (phase === this.#phase) return;
    this.#spans = [...this.spans()];
    this.#phase = phase;
    this.#since = this.#now();
  }

  #current(): TaskPhase {
    const { turn, pause, discovery, metrics } = this.#standing;
    if (this.#isWriting) return 'write';
    if (metrics > 0) return 'metrics';
    if (discovery > 0) return 'discovery';
    if (pause > 0) return 'retry';
    return turn > 0 ? 'quota' : this.#work;
  }
}

/** Neighbours of one phase are one, and then the shortest go, as long as there are too many. */
function bounded(all: readonly PhaseSpan[]): readonly PhaseSpan[] {
  let spans = joined(all);
  while (spans.length > mostSpans) {
    const shortest = spans.reduce((least, span, at) => (lengthOf(span) < lengthOf(spans[least]) ? at : least), 0);
    spans = joined(without(spans, shortest));
  }
  return spans;
}

function lengthOf(span: PhaseSpan | undefined): number {
  return span === undefined ? Number.POSITIVE_INFINITY : span[2] - span[1];
}

/** What lies between two attempts belongs to neither. */
function joined(spans: readonly PhaseSpan[]): PhaseSpan[] {
  const found: PhaseSpan[] = [];
  for (const [phase, from, to] of spans) {
    const last = found.at(-1);
    if (last?.[0] === phase && last[2] === from) found[found.length - 1] = [phase, last[1], to];
    else found.push([phase, from, to]);
  }
  return found;
}

/** Its time goes to the neighbour that it touches, the one before first. */
function without(spans: readonly PhaseSpan[], at: number): PhaseSpan[] {
  const [gone, before, after] = [spans[at], spans[at - 1], spans[at + 1]];
  if (gone === undefined) return [...spans];
  const rest = spans.toSpliced(at, 1);
  if (before !== undefined && before[2] === gone[1]) return rest.with(at - 1, [before[0], before[1], gone[2]]);
  if (after !== undefined && after[1] === gone[2]) return rest.with(at, [after[0], gone[1], after[2]]);
  return rest;
}
