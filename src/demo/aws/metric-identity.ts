import type { Dimension } from './agent.ts';

/** A metric's full name. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}
