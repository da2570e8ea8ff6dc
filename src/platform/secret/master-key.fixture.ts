import { LocalKey } from './key-version.ts';
import { MasterKey } from './master-key.ts';

/** A key made of one byte, 32 times over. */
export function localKey(fill: number): LocalKey {
  return new LocalKey(new Uint8Array(32).fill(fill));
}

/** Newest version first. */
export function keyOf(...fills: number[]): Promise<MasterKey> {
  return MasterKey.open(async () => fills.map(localKey));
}

/** What the first release sealed with `keyOf(1)` for `account 1: aws 123`. */
export const firstFormat = Buffer.from(
  'AeWQGFXC4eBjE5TFYBDIQujQPWKEDkS2XFhV1hMCW3NQC9tAXWgCgBDxz/KNkhXPKQeb/2Na3f+PIeiIgqxIEtKNAN9Z+vErTubgYZYaSeqzQd0NxDeQkNWj6nG6/AnDUOJ35C8czCh1DrmBJj4T/85iZCwN4TU6RuT2/ltmHmA=',
  'base64',
);
