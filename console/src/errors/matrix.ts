import type { ErrorCell } from '../../../src/server/error-api.ts';

/** What the rows and columns of the matrix are; one of them is all where there is one dimension. */
export type Grouping = 'account,region' | 'account' | 'region';

export interface MatrixCell {
  readonly times: number;
  /** Places of which the last run met an error, too. */
  readonly open: number;
  readonly codes: readonly ErrorCell['codes'][number][];
}

export interface Matrix {
  /** Most first. Undefined for all. */
  readonly accounts: readonly (string | undefined)[];
  readonly regions: readonly (string | undefined)[];
  at(account: string | undefined, region: string | undefined): MatrixCell | undefined;
  /** Accounts and regions that had no room. */
  readonly left: number;
}

const mostAccounts = 25;
const mostRegions = 14;

export function matrixOf(cells: readonly ErrorCell[], grouping: Grouping): Matrix {
  const accountOf = (cell: ErrorCell) => (grouping === 'region' ? undefined : cell.account);
  const regionOf = (cell: ErrorCell) => (grouping === 'account' ? undefined : cell.region);
  const accounts = mostFirst(cells, accountOf);
  const regions = mostFirst(cells, regionOf);
  const sums = new Map([...Map.groupBy(cells, (cell) => keyOf(accountOf(cell), regionOf(cell)))].map(summed));
  return {
    accounts: accounts.slice(0, mostAccounts),
    regions: regions.slice(0, mostRegions),
    at: (account, region) => sums.get(keyOf(account, region)),
    left: Math.max(0, accounts.length - mostAccounts) + Math.max(0, regions.length - mostRegions),
  };
}

function summed([key, own]: [key: string, cells: ErrorCell[]]): [string, MatrixCell] {
  const open = own.filter((cell) => cell.is_open);
  return [
    key,
    {
      times: own.reduce((sum, cell) => sum + cell.times, 0),
      open: open.length,
      codes: [...new Set([...open, ...own].flatMap((cell) => cell.codes))],
    },
  ];
}

/** Those with something open first, then those with most. */
function mostFirst(
  cells: readonly ErrorCell[],
  nameOf: (cell: ErrorCell) => string | undefined,
): readonly (string | undefined)[] {
  const weight = (own: readonly ErrorCell[]) =>
    own.reduce((sum, cell) => sum + cell.times + (cell.is_open ? 1e6 : 0), 0);
  return [...Map.groupBy(cells, nameOf)].toSorted(([, a], [, b]) => weight(b) - weight(a)).map(([name]) => name);
}

function keyOf(account: string | undefined, region: string | undefined): string {
  return JSON.stringify([account, region]);
}
