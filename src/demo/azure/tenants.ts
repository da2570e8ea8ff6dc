/** What an application may do in a subscription. `resources`: its roles are on single resources, not on the subscription. */
export type Access = 'subscription' | 'resources';

/** An application that is registered in a tenant, and the ways in which it proves who it is. */
export interface SimApplication {
  readonly clientId: string;
  /** Of its service principal. */
  readonly objectId: string;
  /** Default: no secret opens it. */
  readonly secret?: string;
  /** Its certificate is made when the simulation starts. Default: none. */
  readonly hasCertificate?: true;
  /** Subject whose tokens of the simulated workload issuer it trusts. Default: none. */
  readonly federatedSubject?: string;
  /** It is the managed identity of the machine that the instance metadata service answers. */
  readonly managedIdentity?: true;
  /** By subscription id; a subscription that is not named is closed to it. Default: `subscription` on all of the tenant. */
  readonly access?: Readonly<Record<string, Access>>;
}

/** A subscription and its fleet. */
export interface SimSubscription {
  readonly id: string;
  readonly name: string;
  /** Virtual machines per region name. */
  readonly regions: Readonly<Record<string, number>>;
  /** Regions where the metrics service refuses everybody with AuthorizationFailed. */
  readonly deniedRegions?: readonly string[];
  /** The resource provider Microsoft.Insights is not registered: no metrics of it by getBatch. */
  readonly insightsUnregistered?: true;
}

/** A directory of Entra ID with the subscriptions that trust it. */
export interface SimTenant {
  readonly id: string;
  readonly subscriptions: readonly SimSubscription[];
  readonly applications: readonly SimApplication[];
}

/** The world without other wishes: 1,000 virtual machines, two subscriptions, five regions, one of them closed. */
export const demoTenants: readonly [SimTenant] = [
  {
    id: '5d0a7e10-0000-4000-8000-000000000001',
    subscriptions: [
      {
        id: '5d0a7e10-0000-4000-8000-000000000011',
        name: 'demo-shop-prod',
        regions: { eastus: 330, westeurope: 210, koreacentral: 120 },
      },
      {
        id: '5d0a7e10-0000-4000-8000-000000000012',
        name: 'demo-corp',
        regions: { eastus: 140, westeurope: 100, southeastasia: 70, germanywestcentral: 30 },
        deniedRegions: ['germanywestcentral'],
      },
    ],
    applications: [
      {
        clientId: '5d0a7e10-0000-4000-8000-000000000021',
        objectId: '5d0a7e10-0000-4000-8000-000000000031',
        secret: 'demo-secret-that-opens-nothing-real~01',
        hasCertificate: true,
        federatedSubject: 'system:serviceaccount:fleetgauge:collector',
      },
      {
        clientId: '5d0a7e10-0000-4000-8000-000000000022',
        objectId: '5d0a7e10-0000-4000-8000-000000000032',
        managedIdentity: true,
      },
      {
        clientId: '5d0a7e10-0000-4000-8000-000000000023',
        objectId: '5d0a7e10-0000-4000-8000-000000000033',
        secret: 'demo-secret-of-a-narrow-role~02',
        access: { '5d0a7e10-0000-4000-8000-000000000012': 'resources' },
      },
    ],
  },
];

/**
 * One tenant with `count` virtual machines dealt evenly to its subscriptions and their regions, for benches. Nothing is kept
 * per machine, so 100,000 cost no more than one.
 */
export function bigTenant(
  count: number,
  subscriptionCount = 1,
  regionNames: readonly string[] = ['eastus'],
): readonly [SimTenant] {
  const cells = subscriptionCount * regionNames.length;
  const shareOf = (n: number) => Math.floor(count / cells) + (n < count % cells ? 1 : 0);
  return [
    {
      id: '5d0a7e10-0000-4000-8000-000000000009',
      subscriptions: Array.from({ length: subscriptionCount }, (_, s) => ({
        id: `5d0a7e10-0000-4000-8001-${String(s).padStart(12, '0')}`,
        name: `bench-${s}`,
        regions: Object.fromEntries(regionNames.map((name, r) => [name, shareOf(s * regionNames.length + r)])),
      })),
      applications: [
        {
          clientId: '5d0a7e10-0000-4000-8000-000000000029',
          objectId: '5d0a7e10-0000-4000-8000-000000000039',
          secret: 'demo-secret-of-the-bench~09',
        },
      ],
    },
  ];
}
