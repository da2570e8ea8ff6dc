import type { Clock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { type Child, type ChildStart, startChild } from './child.ts';
import { freePort } from './free-port.ts';
import type { PluginLog } from './plugin-log.ts';
import { checkHealth } from './readiness.ts';

export interface SuperviseOptions {
  /** As the plugin is registered. */
  readonly name: string;
  /** What to start for a plugin that is to serve this port. */
  readonly start: (port: number) => ChildStart;
  readonly log: PluginLog;
  readonly clock: Clock;
  readonly timing?: Partial<SuperviseTiming>;
}

type SuperviseTiming = typeof defaultTiming;

const defaultTiming = {
  /** Interpreters that import half of PyPI take their time. */
  readyMs: 60_000,
  /** Between two looks at a plugin that is not ready yet. */
  lookMs: 100,
  /** Between two looks at one that is. */
  healthMs: 15_000,
  /** Looks in a row that must fail before one that is busy is taken for hung. */
  healthTries: 3,
  firstPauseMs: 500,
  longestPauseMs: 30_000,
  /** A process that served for so long has started well: its next failure is the first again. */
  settledMs: 60_000,
  /** Starts in a row that may go wrong. */
  starts: 5,
  /** To answer a look at its health. */
  answerMs: 5_000,
  /** To end in peace. */
  graceMs: 5_000,
};

/**
 * Keeps a plugin running: starts it on a port of its own, waits until it serves, looks after its health, and starts it again when
 * it ends or hangs, after a pause that doubles. After several starts that went wrong it gives up.
 */
export class Supervisor {
  readonly #options: SuperviseOptions;
  readonly #timing: SuperviseTiming;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #ready = Promise.withResolvers<string>();
  #failure: CollectError | undefined;
  #starts = 0;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.#timing = { ...defaultTiming, ...options.timing };
    this.#ready.promise.catch(() => {});
    this.#running = this.#run().catch((caught: unknown) => this.#giveUp(CollectError.from(caught)));
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  /** Whether it was given up, or stopped. */
  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * The address of the running plugin; waits while it is being started again.
   *
   * @throws CollectError `unavailable` where it was given up or stopped, with what it last said
   */
  address(): Promise<string> {
    return this.#ready.promise;
  }

  /** Ends it, with all that it started. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log, clock } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      const startedAt = clock.now();
      const why = await this.#once();
      if (signal.aborted) break;
      await log.note(why);
      failures = clock.now() - startedAt > this.#timing.settledMs ? 1 : failures + 1;
      if (failures >= this.#timing.starts) return this.#giveUp(this.#givenUp(failures, why));
      const pauseMs = Math.min(this.#timing.longestPauseMs, this.#timing.firstPauseMs * 2 ** (failures - 1));
      await clock.sleep(pauseMs * (0.5 + clock.random()), signal).catch(() => {});
    }
    this.#giveUp(new CollectError('unavailable', 'the plugin was stopped', { where: this.#options.name }));
  }

  /** One life of the process. @returns why it ended */
  async #once(): Promise<string> {
    const { start, log } = this.#options;
    const { signal: stopping } = this.#stopping;
    const port = await freePort();
    this.#starts++;
    const child = await startChild(start(port), log);
    const over = new AbortController();
    const signal = AbortSignal.any([stopping, over.signal]);
    void child.ended.then(() => over.abort());
    try {
      await log.note(`started as process ${child.pid} on port ${port}`);
      const unready = await this.#untilReady(port, signal);
      if (unready !== undefined) return await endOf(child, unready, over.signal);
      this.#ready.resolve(`127.0.0.1:${port}`);
      await log.note('ready');
      const unwell = await this.#whileHealthy(port, signal);
      return await endOf(child, unwell, over.signal);
    } finally {
      this.#ready = renewed(this.#ready);
      await child.stop(this.#timing.graceMs);
    }
  }

  /** @returns why it did not become ready */
  async #untilReady(port: number, signal: AbortSignal): Promise<string | undefined> {
    const { clock } = this.#options;
    const until = clock.now() + this.#timing.readyMs;
    for (;;) {
      const why = await this.#healthOf(port, signal);
      if (why === undefined || signal.aborted) return why;
      if (clock.now() > until) return `not ready after ${this.#timing.readyMs / 1000} s: ${why}`;
      await clock.sleep(this.#timing.lookMs, signal).catch(() => {});
    }
  }

  /** @returns why it is not well any more */
  async #whileHealthy(port: number, signal: AbortSignal): Promise<string> {
    const { clock } = this.#options;
    for (let failures = 0, why = ''; ; ) {
      await clock.sleep(this.#timing.healthMs, signal).catch(() => {});
      if (signal.aborted) return why;
      why = (await this.#healthOf(port, signal)) ?? '';
      failures = why === '' ? 0 : failures + 1;
      if (failures >= this.#timing.healthTries) return `does not answer: ${why}`;
    }
  }

  /** @returns why it is not well */
  async #healthOf(port: number, signal: AbortSignal): Promise<string | undefined> {
    try {
      await checkHealth(port, this.#timing.answerMs, signal);
      return undefined;
    } catch (caught) {
      return CollectError.from(caught).message;
    }
  }

  #givenUp(failures: number, why: string): CollectError {
    const said = this.#options.log.tail.filter((line) => !line.startsWith('-- ')).at(-1);
    return new CollectError(
      'unavailable',
      `the plugin could not be kept running: ${failures} starts in a row went wrong, the last one by ${why}${said === undefined ? '' : `; it last said: ${said.slice(0, 500)}`}`,
      { where: this.#options.name, fix: `fleetgauge collector log ${this.#options.name} shows what it printed` },
    );
  }

  #giveUp(error: CollectError): void {
    this.#failure ??= error;
    this.#stopping.abort();
    this.#ready = renewed(this.#ready);
    this.#ready.reject(this.#failure);
  }
}

/** How a process ended that did so by itself; else why it has to be ended. */
async function endOf({ ended }: Child, why: string, over: AbortSignal): Promise<string> {
  return over.aborted ? await ended : why;
}

/** The same promise while nobody has answered it. */
function renewed(ready: PromiseWithResolvers<string>): PromiseWithResolvers<string> {
  const next = Promise.withResolvers<string>();
  next.promise.catch(() => {});
  ready.resolve(next.promise);
  return next;
}
