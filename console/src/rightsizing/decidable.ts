import type { RightsizingRow } from '../../../src/server/rightsizing-api.ts';

type Decided = Pick<RightsizingRow, 'id' | 'state' | 'suggestion'>;

/** Ids of those with which each can be done: what the API would refuse is not offered. */
export interface Decidable {
  readonly accept: number[];
  readonly postpone: number[];
  readonly reopen: number[];
}

export function decidableOf(rows: readonly Decided[]): Decidable {
  const idsOf = (wanted: (row: Decided) => boolean) =>
    rows.filter((row) => row.state !== null && wanted(row)).map(({ id }) => id);
  const isDone = ({ state }: Decided) => state === 'accepted' || state === 'verified';
  return {
    accept: idsOf((row) => row.suggestion !== null && !isDone(row)),
    postpone: idsOf((row) => row.state !== 'verified'),
    reopen: idsOf(({ state }) => state !== 'open' && state !== 'verified'),
  };
}
