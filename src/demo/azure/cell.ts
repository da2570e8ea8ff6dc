import type { Region } from './regions.ts';
import type { SimSubscription, SimTenant } from './tenants.ts';

/** The resources of one subscription in one region. Nothing is stored: each is computed from its index. */
export interface Cell {
  readonly tenant: SimTenant;
  readonly subscription: SimSubscription;
  readonly region: Region;
  readonly seed: number;
  /** Virtual machines in it: indices 0 to `count - 1`. */
  readonly count: number;
  /** Number of the first machine's name, so that names are unique within a tenant. */
  readonly firstNumber: number;
  /** Scale sets, the first of them in Flexible mode, and SQL databases. */
  readonly scaleSets: number;
  readonly databases: number;
  /** Second byte of its addresses, a multiple of 4: 10.x.0.0/14. */
  readonly network: number;
  /** Epoch seconds that lives are told from. */
  readonly anchor: number;
}
