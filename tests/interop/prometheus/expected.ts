import type { Truth, Window } from './truth.ts';

/** A server in the history, and what has to be said of it. */
export interface ExpectedServer {
  readonly id: string;
  readonly name: string;
  readonly state: 'RUNNING' | 'STOPPED' | 'TERMINATED';
  readonly region?: string;
  readonly instanceType?: string;
  readonly vcpus?: number;
  readonly memoryBytes: number | undefined;
  /** Of each key that has samples in the window. */
  readonly values: (window: Window) => Readonly<Record<string, Truth | undefined>>;
  /** Why other keys have no value. */
  readonly otherwise: string;
  readonly reasons?: Readonly<Record<string, string>>;
}
