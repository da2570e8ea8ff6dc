import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { der, objectId, tags } from './der.ts';

const { sequence, set, integer, bitString, octetString, context, contextBytes } = tags;

/** A key pair of RSA or of an elliptic curve. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A certificate that its own key signed. */
export interface Certificate {
  readonly pem: string;
  readonly privateKeyPem: string;
  /** SHA-1 and SHA-256 of it, as a token's header has them: base64url. */
  readonly x5t: string;
  readonly x5tS256: string;
}

const validDays = 30;

/** Makes a certificate for this machine's loopback address, valid from yesterday on for a month. */
export function makeCertificate(commonName: string, { publicKey, privateKey }: KeyPair): Certificate {
  const algorithm = signatureAlgorithm(publicKey);
  const name = der(sequence, der(set, der(sequence, objectId('2.5.4.3'), text(commonName))));
  const now = Date.now();
  const body = der(
    sequence,
    der(context(0), der(integer, Buffer.from([2]))),
    der(integer, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    der(sequence, time(now - 86_400_000), time(now + validDays * 86_400_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(context(3), der(sequence, ...extensions())),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  const bytes = der(sequence, body, algorithm, der(bitString, signature));
  const lines = bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    x5t: createHash('sha1').update(bytes).digest('base64url'),
    x5tS256: createHash('sha256').update(bytes).digest('base64url'),
  };
}

/** It signs itself, and it is for 127.0.0.1 and localhost. */
function extensions(): readonly Buffer[] {
  const isTrue = der(tags.boolean, Buffer.from([0xff]));
  const names = der(
    sequence,
    der(contextBytes(2), Buffer.from('localhost')),
    der(contextBytes(7), Buffer.from([127, 0, 0, 1])),
  );
  return [
    der(sequence, objectId('2.5.29.19'), isTrue, der(octetString, der(sequence, isTrue))),
    der(sequence, objectId('2.5.29.17'), der(octetString, names)),
  ];
}

function signatureAlgorithm({ asymmetricKeyType }: KeyObject): Buffer {
  return asymmetricKeyType === 'rsa'
    ? der(sequence, objectId('1.2.840.113549.1.1.11'), der(tags.null))
    : der(sequence, objectId('1.2.840.10045.4.3.2'));
}

function text(value: string): Buffer {
  return der(tags.utf8String, Buffer.from(value));
}

function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(tags.utcTime, Buffer.from(`${digits}Z`));
}
