import { type Certificate, makeCertificate } from './certificate.ts';
import { exchangeAudience, workloadIssuer } from './client-assertion.ts';
import { signJwt } from './jwt.ts';
import type { Keys } from './keys.ts';
import type { SimApplication, SimTenant } from './tenants.ts';

/** What opens an application's door. What it does not have is absent. */
export interface ApplicationCredentials {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** Private key and certificate, as `@azure/identity` takes them from one file. */
  readonly certificatePem?: string;
  /** What stands in the file of a federated token; valid for a day. */
  readonly federatedToken?: string;
}

/** Makes a certificate for each application that wants one, by client id. */
export function makeCertificates(tenants: readonly SimTenant[], keys: Keys): ReadonlyMap<string, Certificate> {
  return new Map(
    tenants
      .flatMap(({ applications }) => applications)
      .filter(({ hasCertificate }) => hasCertificate)
      .map(({ clientId }) => [clientId, makeCertificate(clientId, keys.applications)]),
  );
}

/** The credentials of every application. @param clock epoch milliseconds */
export function credentialsOf(
  tenants: readonly SimTenant[],
  keys: Keys,
  certificates: ReadonlyMap<string, Certificate>,
  clock: () => number,
): readonly ApplicationCredentials[] {
  return tenants.flatMap((tenant) =>
    tenant.applications.map((application) => {
      const { clientId, secret, federatedSubject } = application;
      const certificate = certificates.get(clientId);
      return {
        tenantId: tenant.id,
        clientId,
        ...(secret === undefined ? {} : { clientSecret: secret }),
        ...(certificate && { certificatePem: certificate.privateKeyPem + certificate.pem }),
        ...(federatedSubject && { federatedToken: federatedToken(federatedSubject, keys, clock) }),
      };
    }),
  );
}

function federatedToken(
  subject: NonNullable<SimApplication['federatedSubject']>,
  keys: Keys,
  clock: () => number,
): string {
  const now = Math.floor(clock() / 1000);
  const claims = { iss: workloadIssuer, sub: subject, aud: exchangeAudience, iat: now, nbf: now, exp: now + 86_400 };
  return signJwt(claims, keys.workloads.privateKey);
}
