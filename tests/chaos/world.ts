import type { SimAccount } from '../../src/demo/aws/accounts.ts';

export const regions = ['eu-west-1', 'us-east-1', 'us-west-2'] as const;
export const serversPerRegion = 8;
export const serversPerAccount = regions.length * serversPerRegion;

/** Accounts of a simulated cloud, by number, each with as many servers in each of the regions. */
export function accountOf(number: number): SimAccount {
  const digits = String(number).padStart(4, '0');
  return {
    id: `40000000${digits}`,
    name: `account-${digits}`,
    accessKeyId: `AKIADEMOCHAOS000${digits}`,
    secretAccessKey: `demoChaosSecretThatOpensNothingReal0${digits}`,
    regions: Object.fromEntries(regions.map((region) => [region, serversPerRegion])),
  };
}

export function accountsOf(count: number): SimAccount[] {
  return Array.from({ length: count }, (_, number) => accountOf(number));
}
