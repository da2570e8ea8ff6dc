/** A zone of the simulated cloud. */
export interface Zone {
  readonly name: string;
  readonly region: string;
  /** Hours that local time is ahead of UTC (no daylight saving): when people there work. */
  readonly utcOffsetHours: number;
}

type Row = readonly [region: string, utcOffsetHours: number, letters: string];

const rows: readonly Row[] = [
  ['us-central1', -6, 'abcf'],
  ['us-east1', -5, 'bcd'],
  ['us-west1', -8, 'abc'],
  ['southamerica-east1', -3, 'abc'],
  ['europe-west1', 1, 'bcd'],
  ['europe-west2', 0, 'abc'],
  ['europe-west4', 1, 'abc'],
  ['asia-southeast1', 8, 'abc'],
  ['asia-northeast1', 9, 'abc'],
  ['asia-northeast3', 9, 'abc'],
];

/** Every zone that Compute Engine lists here, by region. */
export const zones: readonly Zone[] = rows.flatMap(([region, utcOffsetHours, letters]) =>
  [...letters].map((letter) => ({ name: `${region}-${letter}`, region, utcOffsetHours })),
);

/** Every region, in the order of its zones. */
export const regions: readonly string[] = rows.map(([region]) => region);

const byName = new Map(zones.map((zone) => [zone.name, zone]));

/** The zone of that name, if there is one. */
export function findZone(name: string): Zone | undefined {
  return byName.get(name);
}
