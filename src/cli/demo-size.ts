import { InvalidArgumentError } from 'commander';

export const smallestDemo = 20;
export const largestDemo = 100_000;

export function parseDemoSize(text: string): number {
  const size = Number(text);
  if (/^\d+$/.test(text) && size >= smallestDemo && size <= largestDemo) return size;
  throw new InvalidArgumentError(`It has to be a number of servers from ${smallestDemo} to ${largestDemo}.`);
}

/** Servers of each place of an account, by account and cloud. */
type Fleet<Cloud extends string> = Readonly<Record<Cloud, readonly Readonly<Record<string, number>>[]>>;

/**
 * The same fleet with so many servers in all, its places as large against each other as before. Of the same size it is always the same:
 * what is left after rounding down goes to the places that lost most by it, the first of them first.
 */
export function resized<Cloud extends string>(fleet: Fleet<Cloud>, size: number): Fleet<Cloud> {
  const clouds = Object.entries<Fleet<Cloud>[Cloud]>(fleet);
  const places = clouds.flatMap(([cloud, accounts]) =>
    accounts.flatMap((counts, account) =>
      Object.entries(counts).map(([place, count]) => ({ cloud, account, place, count })),
    ),
  );
  const total = places.reduce((sum, { count }) => sum + count, 0);
  const shares = places.map((place) => ({ ...place, exact: (place.count * size) / total }));
  const left = size - shares.reduce((sum, { exact }) => sum + Math.floor(exact), 0);
  const lucky = new Set(shares.toSorted((a, b) => (b.exact % 1) - (a.exact % 1)).slice(0, left));
  const countsOf = (cloud: string, account: number) =>
    Object.fromEntries(
      shares
        .filter((share) => share.cloud === cloud && share.account === account)
        .map((share) => [share.place, Math.floor(share.exact) + (lucky.has(share) ? 1 : 0)]),
    );
  return mapClouds(fleet, (cloud, accounts) => accounts.map((_, account) => countsOf(cloud, account)));
}

function mapClouds<Cloud extends string>(
  fleet: Fleet<Cloud>,
  of: (cloud: Cloud, accounts: Fleet<Cloud>[Cloud]) => Fleet<Cloud>[Cloud],
): Fleet<Cloud> {
  const changed: Record<Cloud, Fleet<Cloud>[Cloud]> = { ...fleet };
  for (const cloud in fleet) changed[cloud] = of(cloud, fleet[cloud]);
  return changed;
}
