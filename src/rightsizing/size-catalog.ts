import type { PricedSize, SizeFamily, SizeList } from './size.ts';
import { aws } from './sizes/aws.ts';
import { azure } from './sizes/azure.ts';
import { googleCloud } from './sizes/google-cloud.ts';

export const sizeLists: readonly SizeList[] = [aws, googleCloud, azure];

interface Entry {
  readonly size: PricedSize;
  readonly list: SizeList;
  /** What its family costs in a region, of what it costs at home. */
  readonly factors: ReadonlyMap<string, number>;
}

const entries = new Map<string, Entry>(sizeLists.flatMap(entriesOf));
const ladders = Map.groupBy([...entries.values()], ({ list, size }) => `${list.provider}/${size.line}`);
/** By line, cheapest first; of equal ones the one with fewer vCPUs. */
const sorted = new Map(
  [...ladders].map(([line, members]) => [
    line,
    members.map(({ size }) => size).sort((a, b) => a.homeUsd - b.homeUsd || a.vcpus - b.vcpus),
  ]),
);

/** The size of a provider's name for it, in any case; undefined for one that no list has. */
export function findSize(provider: string, name: string): PricedSize | undefined {
  return entries.get(keyOf(provider, name))?.size;
}

/** All sizes that a server of this size can be changed to and from, cheapest first. */
export function ladderOf(provider: string, { line }: PricedSize): readonly PricedSize[] {
  return sorted.get(`${provider}/${line}`) ?? [];
}

/** USD an hour at list price in a region; null where it is not known. */
export function listPrice(provider: string, size: PricedSize, region: string): number | null {
  const factor = entries.get(keyOf(provider, size.name))?.factors.get(region);
  return factor === undefined ? null : size.homeUsd * factor;
}

/** Where the prices of a provider are from, and of which day. */
export function priceSource(provider: string): Pick<SizeList, 'source' | 'readOn'> | undefined {
  const list = sizeLists.find((each) => each.provider === provider);
  return list && { source: list.source, readOn: list.readOn };
}

function entriesOf(list: SizeList): [string, Entry][] {
  return list.families.flatMap((family) => {
    const factors = factorsOf(list, family);
    return family.sizes.map(([name, vcpus, gib, homeUsd, baseline]): [string, Entry] => {
      const size = { name, vcpus, gib, homeUsd, line: family.line, ...(baseline === undefined ? {} : { baseline }) };
      return [keyOf(list.provider, name), { size, list, factors }];
    });
  });
}

function factorsOf({ homeRegion }: SizeList, { elsewhere, sizes }: SizeFamily): ReadonlyMap<string, number> {
  const reference = sizes.find(([name]) => name === elsewhere?.of)?.[3];
  const others = Object.entries(reference === undefined ? {} : (elsewhere?.usd ?? {}));
  return new Map([
    [homeRegion, 1],
    ...others.map(([region, usd]): [string, number] => [region, usd / (reference ?? 1)]),
  ]);
}

function keyOf(provider: string, name: string): string {
  return `${provider}/${name.toLowerCase()}`;
}
