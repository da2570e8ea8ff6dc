import type { Clock } from '#collect/clock.ts';
import type { Generation } from '#wire/generation.ts';
import type { CollectorOptions } from './options.ts';
import type { TaskOptions } from './task-options.ts';

/** One call of Cloudforet to this collector. */
export interface CollectCall {
  readonly generation: Generation;
  readonly options: CollectorOptions;
  readonly secretData: object;
  readonly task: TaskOptions | undefined;
  /** Aborts when the caller has gone: then no further call is made, and those in flight are broken off. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Of each try of a call to the platform. */
  readonly timeoutMs: number;
  /** Hears what is no failure and yet worth knowing, such as a data source that is switched off. */
  readonly onNotice: (text: string) => void;
}
