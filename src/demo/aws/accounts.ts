/** A role that can be assumed in an account. */
export interface SimRole {
  readonly name: string;
  /** Demanded from every AssumeRole caller when set. */
  readonly externalId?: string;
  /** Ids of accounts whose principals may assume it. Default: the account's own. */
  readonly trustedAccounts?: readonly string[];
  /** Tokens that AssumeRoleWithWebIdentity takes for it. Default: none. */
  readonly webIdentityTokens?: readonly string[];
}

/** Region codes by service in which an account is refused; `*` is every region. */
export interface DeniedRegions {
  readonly ec2?: readonly string[];
  readonly cloudwatch?: readonly string[];
}

/** One account of the simulated cloud, with the key of its one user. */
export interface SimAccount {
  /** Twelve digits. */
  readonly id: string;
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Servers per region code. */
  readonly regions: Readonly<Record<string, number>>;
  /** Of each kind of resource that AWS runs itself (`managed/kinds.ts`), so many per region code; none where absent. */
  readonly managed?: Readonly<Record<string, number>>;
  readonly roles?: readonly SimRole[];
  readonly denied?: DeniedRegions;
}

/** The world of `fleetgauge up` without credentials: 1,200 servers, two accounts, six regions, one of them half closed. */
export const demoAccounts: readonly [SimAccount, SimAccount] = [
  {
    id: '210000000001',
    name: 'demo-pay-prod',
    accessKeyId: 'AKIADEMOPAYPROD00001',
    secretAccessKey: 'demoPayProdSecretThatOpensNothingReal001',
    regions: { 'us-east-1': 360, 'eu-west-1': 210, 'ap-northeast-2': 170, 'us-west-2': 160 },
    managed: { 'us-east-1': 4, 'eu-west-1': 2 },
    roles: [
      { name: 'FleetgaugeReader', externalId: 'demo-external-id', trustedAccounts: ['210000000002'] },
      { name: 'FleetgaugeWeb', webIdentityTokens: ['demo-web-identity-token'] },
    ],
  },
  {
    id: '210000000002',
    name: 'demo-core',
    accessKeyId: 'AKIADEMOCORE00000002',
    secretAccessKey: 'demoCoreSecretThatOpensNothingReal000002',
    regions: { 'us-east-1': 120, 'eu-west-1': 90, 'ap-southeast-1': 70, 'eu-central-1': 20 },
    managed: { 'us-east-1': 2 },
    denied: { cloudwatch: ['eu-central-1'] },
  },
];

/**
 * One account with `count` servers dealt evenly to the regions, for benches. Nothing is kept per server, so 100,000 in one
 * region cost no more than one.
 */
export function bigWorld(count: number, regionCodes: readonly string[] = ['us-east-1']): readonly [SimAccount] {
  const share = Math.floor(count / regionCodes.length);
  const rest = count - share * regionCodes.length;
  return [
    {
      id: '210000000009',
      name: 'bench',
      accessKeyId: 'AKIADEMOBENCH0000009',
      secretAccessKey: 'demoBenchSecretThatOpensNothingReal00009',
      regions: Object.fromEntries(regionCodes.map((code, i) => [code, share + (i < rest ? 1 : 0)])),
    },
  ];
}
