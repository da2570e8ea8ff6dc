import type { TypeLookup } from './machine-types.ts';
import type { Rest } from './rest.ts';

/** What listing resources goes by. */
export interface DiscoveryContext {
  readonly rest: Rest;
  readonly lookUpTypes: TypeLookup;
}
