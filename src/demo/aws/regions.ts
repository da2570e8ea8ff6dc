/** A region of the simulated cloud. */
export interface Region {
  readonly code: string;
  /** Whether an account has it without asking, as DescribeRegions words it. */
  readonly optIn: 'opt-in-not-required' | 'not-opted-in';
  /** Hours that local time is ahead of UTC (no daylight saving): when people there work. */
  readonly utcOffsetHours: number;
  /** What a call into it is answered with while the account has not opted in. Real accounts see both. */
  readonly closedWith: 'AuthFailure' | 'OptInRequired';
}

/** Regions that DescribeRegions knows. Regions beyond `opt-in-not-required` open for accounts that have servers there. */
export const regions: readonly Region[] = [
  region('us-east-1', -5),
  region('us-east-2', -5),
  region('us-west-1', -8),
  region('us-west-2', -8),
  region('ca-central-1', -5),
  region('sa-east-1', -3),
  region('eu-west-1', 0),
  region('eu-west-2', 0),
  region('eu-west-3', 1),
  region('eu-central-1', 1),
  region('eu-north-1', 1),
  region('ap-south-1', 5),
  region('ap-southeast-1', 8),
  region('ap-southeast-2', 10),
  region('ap-northeast-1', 9),
  region('ap-northeast-2', 9),
  region('ap-northeast-3', 9),
  { ...region('ap-east-1', 8), optIn: 'not-opted-in', closedWith: 'OptInRequired' },
  { ...region('me-south-1', 3), optIn: 'not-opted-in' },
  { ...region('af-south-1', 2), optIn: 'not-opted-in' },
];

function region(code: string, utcOffsetHours: number): Region {
  return { code, utcOffsetHours, optIn: 'opt-in-not-required', closedWith: 'AuthFailure' };
}

const byCode = new Map(regions.map((known) => [known.code, known]));

/** The region of that code, if there is one. */
export function findRegion(code: string): Region | undefined {
  return byCode.get(code);
}
