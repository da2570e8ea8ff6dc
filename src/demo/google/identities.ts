import { hashText } from '../fleet/hash.ts';
import { type Keys, keysNamed } from './jwt.ts';
import type { SimProject } from './projects.ts';

/** Who makes a call, and whether viewer roles on every project are theirs. */
export interface Principal {
  /** `serviceAccount:<email>`, or `principal://…` of a federated identity. */
  readonly member: string;
  readonly reads: boolean;
}

/** A service account. */
export interface ServiceAccount {
  readonly email: string;
  /** Digits. */
  readonly uniqueId: string;
  readonly reads: boolean;
  /** Members that may make tokens for it. */
  readonly impersonatedBy: readonly string[];
  /** Undefined for one without a key. */
  readonly keys: Keys | undefined;
}

/** A workload identity pool with one provider: an OIDC issuer outside of Google. */
export interface IdentityPool {
  /** Full resource name of its provider: the audience of a token exchange. */
  readonly provider: string;
  readonly issuer: string;
  readonly issuerKeys: Keys;
  /** What the simulated workload is called in its subject tokens. */
  readonly subject: string;
  /** The principal of a subject. */
  principalOf(subject: string): Principal;
}

/** Everybody whom the simulated cloud knows. */
export interface Identities {
  /** Has a key, and reads everything. */
  readonly reader: ServiceAccount;
  /** Has a key, and reads nothing itself, but may impersonate the reader and the relay. */
  readonly deployer: ServiceAccount;
  /** A link between the deployer and the auditor. */
  readonly relay: ServiceAccount;
  /** Reads everything; only the relay may impersonate it. */
  readonly auditor: ServiceAccount;
  readonly pool: IdentityPool;
  find(email: string): ServiceAccount | undefined;
}

/** Makes the identities of a cloud, all of them in its first project; `url` is where its issuer is found. */
export async function makeIdentities({ id, number }: SimProject, url: string): Promise<Identities> {
  const [readerKeys, deployerKeys, issuerKeys] = await Promise.all([
    keysNamed('reader'),
    keysNamed('deployer'),
    keysNamed('issuer'),
  ]);
  const pool = makePool(number, `${url}/_sim/oidc`, issuerKeys);
  const account = (name: string, traits: Pick<ServiceAccount, 'reads' | 'impersonatedBy' | 'keys'>): ServiceAccount => {
    const email = `${name}@${id}.iam.gserviceaccount.com`;
    return { email, uniqueId: `1${String(hashText(7, email)).padStart(20, '0')}`, ...traits };
  };
  const deployer = account('fleet-deployer', { reads: false, impersonatedBy: [], keys: deployerKeys });
  const workload = pool.principalOf(pool.subject).member;
  const relay = account('fleet-relay', { reads: false, impersonatedBy: [memberOf(deployer)], keys: undefined });
  const reader = account('fleet-reader', {
    reads: true,
    impersonatedBy: [memberOf(deployer), workload],
    keys: readerKeys,
  });
  const auditor = account('fleet-auditor', { reads: true, impersonatedBy: [memberOf(relay)], keys: undefined });
  const byEmail = new Map([reader, deployer, relay, auditor].map((one) => [one.email, one]));
  return { reader, deployer, relay, auditor, pool, find: (email) => byEmail.get(email) };
}

function makePool(projectNumber: string, issuer: string, issuerKeys: Keys): IdentityPool {
  const pool = `//iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/demo-pool`;
  const subject = 'repo:demo/fleet:ref:refs/heads/main';
  return {
    provider: `${pool}/providers/demo-oidc`,
    issuer,
    issuerKeys,
    subject,
    principalOf: (name) => ({ member: `principal:${pool}/subject/${name}`, reads: name === subject }),
  };
}

/** How a service account is named in policies. */
export function memberOf({ email }: Pick<ServiceAccount, 'email'>): string {
  return `serviceAccount:${email}`;
}

/** A service account as a caller. */
export function principalOf(account: ServiceAccount): Principal {
  return { member: memberOf(account), reads: account.reads };
}
