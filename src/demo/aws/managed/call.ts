import type { Cell } from '../cell.ts';
import type { ServiceName } from '../errors.ts';

/** A call to a service that runs resources itself. */
export interface ManagedCall {
  readonly service: ServiceName;
  readonly action: string;
  readonly params: URLSearchParams;
  readonly cell: Cell;
  /** Epoch seconds. */
  readonly now: number;
}
