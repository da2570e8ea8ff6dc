/** A region of the simulated cloud. */
export interface Region {
  /** As it stands in a resource's `location` and in the host name of the metrics service. */
  readonly name: string;
  /** Hours that local time is ahead of UTC (no daylight saving): when people there work. */
  readonly utcOffsetHours: number;
}

const regions: readonly Region[] = [
  { name: 'eastus', utcOffsetHours: -5 },
  { name: 'eastus2', utcOffsetHours: -5 },
  { name: 'westus2', utcOffsetHours: -8 },
  { name: 'brazilsouth', utcOffsetHours: -3 },
  { name: 'northeurope', utcOffsetHours: 0 },
  { name: 'uksouth', utcOffsetHours: 0 },
  { name: 'westeurope', utcOffsetHours: 1 },
  { name: 'germanywestcentral', utcOffsetHours: 1 },
  { name: 'southeastasia', utcOffsetHours: 8 },
  { name: 'japaneast', utcOffsetHours: 9 },
  { name: 'koreacentral', utcOffsetHours: 9 },
];

const byName = new Map(regions.map((region) => [region.name, region]));

/** The region of that name, if there is one. Names are lower-case. */
export function findRegion(name: string): Region | undefined {
  return byName.get(name);
}
