import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { type Certificate, type KeyPair, makeCertificate } from './certificate.ts';

const generate = promisify(generateKeyPair);

/** The keys of a process's simulations. Making them takes a moment, so that all of them share one set. */
export interface Keys {
  /** What the simulation shows to who speaks TLS to it. */
  readonly tls: Certificate;
  /** Entra ID signs access tokens with it. */
  readonly entra: KeyPair;
  /** The issuer of workload identities signs its tokens with it. */
  readonly workloads: KeyPair;
  /** The key of applications' certificates. */
  readonly applications: KeyPair;
}

let made: Promise<Keys> | undefined;

/** The process's keys, made when first asked for. */
export function processKeys(): Promise<Keys> {
  made ??= makeKeys();
  return made;
}

async function makeKeys(): Promise<Keys> {
  const rsa = () => generate('rsa', { modulusLength: 2048 });
  const [tlsKey, entra, workloads, applications] = await Promise.all([
    generate('ec', { namedCurve: 'P-256' }),
    rsa(),
    rsa(),
    rsa(),
  ]);
  return { tls: makeCertificate('Simulated Azure', tlsKey), entra, workloads, applications };
}
