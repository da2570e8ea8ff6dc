import type { RunningCli } from '../e2e/run-cli.ts';

/** A process that is started again whenever it was killed, and must not end by itself. */
export class Kept {
  readonly name: string;
  readonly #start: () => Promise<RunningCli>;
  #running: Promise<RunningCli>;
  #isDismissed = false;
  #lastWords: string | undefined;

  constructor(name: string, start: () => Promise<RunningCli>) {
    this.name = name;
    this.#start = start;
    this.#running = this.#begin();
  }

  /** What it said where it ended by itself. */
  get lastWords(): string | undefined {
    return this.#lastWords;
  }

  /** Resolves once it runs, also where it has just been started again. */
  async ready(): Promise<void> {
    await this.#running;
  }

  /** SIGKILL; then it is started again, which nobody waits for. */
  async kill(): Promise<void> {
    await this.#end((running) => running.child.kill('SIGKILL'));
    this.#running = this.#begin();
    // Whoever needs it next hears of it.
    this.#running.catch(() => {});
  }

  async stop(): Promise<void> {
    await this.#end((running) => running.stop());
  }

  async #begin(): Promise<RunningCli> {
    const running = await this.#start();
    this.#isDismissed = false;
    void running.ended.then(({ code, stderr }) => {
      if (!this.#isDismissed) this.#lastWords = `${this.name} ended with ${code}\n${stderr}`;
    });
    return running;
  }

  async #end(how: (running: RunningCli) => unknown): Promise<void> {
    const running = await this.#running;
    this.#isDismissed = true;
    how(running);
    await running.ended;
  }
}
