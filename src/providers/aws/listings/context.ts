import type { Clients } from '../clients.ts';
import type { TypeLookup } from '../instance-types.ts';
import type { Send } from '../send.ts';

/** What a listing of one service in one region works with. */
export interface ListingContext {
  readonly account: string;
  readonly clients: Clients;
  readonly lookUpTypes: TypeLookup;
  readonly send: Send;
  readonly region: string;
  readonly signal: AbortSignal;
}

/** `aws`, or the partition of China or of the US government. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
