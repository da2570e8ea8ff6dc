import type { KeyObject } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { memberOf } from './json.ts';
import { isSignedBy, type Jwt, readJwt, textClaim, timeClaim } from './jwt.ts';
import type { SimApplication } from './tenants.ts';

/** The simulated issuer of workload identities, as a Kubernetes cluster is one. */
export const workloadIssuer = 'https://oidc.demo.invalid/cluster/';

/** Audience of a workload's token that is to be exchanged for one of Entra ID. */
export const exchangeAudience = 'api://AzureADTokenExchange';

/** Against what an assertion is checked. */
export interface AssertionContext {
  readonly application: SimApplication;
  /** The application's own, if it has one. */
  readonly certificate: Certificate | undefined;
  readonly applicationsKey: KeyObject;
  readonly workloadsKey: KeyObject;
  /** Whether a text names the token endpoint that was called. */
  readonly isEndpoint: (audience: string) => boolean;
  /** Epoch seconds. */
  readonly now: number;
}

/** Why an assertion was refused: Entra ID's number and words. */
export type Refusal = readonly [code: number, message: string];

/** Checks a client assertion: signed with the application's certificate, or by the issuer of workload identities. */
export function refusalOf(assertion: string, context: AssertionContext): Refusal | undefined {
  const jwt = readJwt(assertion);
  if (jwt === undefined) return [50027, 'JWT token is invalid or malformed.'];
  const { now } = context;
  const refusal = thumbprintOf(jwt) === undefined ? federatedRefusal(jwt, context) : certificateRefusal(jwt, context);
  if (refusal !== undefined) return refusal;
  const notBefore = timeClaim(jwt, 'nbf');
  const valid = now < timeClaim(jwt, 'exp') && !(notBefore > now + 300);
  return valid ? undefined : [700024, 'Client assertion is not within its valid time range.'];
}

function thumbprintOf({ header }: Jwt): unknown {
  return memberOf(header, 'x5t#S256') ?? memberOf(header, 'x5t');
}

function certificateRefusal(jwt: Jwt, context: AssertionContext): Refusal | undefined {
  const { application, certificate, applicationsKey, isEndpoint } = context;
  const thumbprint = thumbprintOf(jwt);
  const known = certificate !== undefined && [certificate.x5t, certificate.x5tS256].some((one) => one === thumbprint);
  if (!known)
    return [
      700027,
      'The certificate with identifier used to sign the client assertion is not registered on application.',
    ];
  if (!isSignedBy(jwt, applicationsKey)) return [700027, 'Client assertion failed signature validation.'];
  if (textClaim(jwt, 'iss') !== application.clientId || textClaim(jwt, 'sub') !== application.clientId) {
    return [700021, "Client assertion application identifier doesn't match 'client_id' parameter."];
  }
  return isEndpoint(textClaim(jwt, 'aud'))
    ? undefined
    : [700023, 'Client assertion audience claim does not match Realm issuer.'];
}

function federatedRefusal(jwt: Jwt, { application, workloadsKey }: AssertionContext): Refusal | undefined {
  const none = 'No matching federated identity record found for presented assertion';
  const { federatedSubject } = application;
  const [issuer, subject, audience] = ['iss', 'sub', 'aud'].map((name) => textClaim(jwt, name));
  if (federatedSubject === undefined || issuer !== workloadIssuer) return [700211, `${none} issuer '${issuer}'.`];
  if (!isSignedBy(jwt, workloadsKey)) return [50013, 'Assertion failed signature validation.'];
  if (subject !== federatedSubject) return [700213, `${none} subject '${subject}'.`];
  return audience === exchangeAudience ? undefined : [700212, `${none} audience '${audience}'.`];
}
