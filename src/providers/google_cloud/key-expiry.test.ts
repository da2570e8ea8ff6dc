import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { limits } from './catalog.ts';
import { keyExpiry } from './key-expiry.ts';
import { parseSecret } from './secret.ts';
import { hurried } from './testing-fleet.fixture.ts';

const email = 'reader@contract-one.iam.gserviceaccount.com';
const key = {
  type: 'service_account',
  project_id: 'contract-one',
  client_email: email,
  private_key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  private_key_id: 'k1',
};

/** Made by `openssl ca -selfsign -enddate …`, whose ends they are named by. */
const certificates = {
  '2027-05-01T00:00:00Z': `-----BEGIN CERTIFICATE-----
MIIBCjCBsAIBATAKBggqhkjOPQQDAjARMQ8wDQYDVQQDDAZyZWFkZXIwHhcNMjYw
MTAxMDAwMDAwWhcNMjcwNTAxMDAwMDAwWjARMQ8wDQYDVQQDDAZyZWFkZXIwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAASjmbOSeBqjWaPX50je55lMWYvDBtqTAqpn
hdTNytOwtp79s2kAD5g09ffAn7Bfe4xCSriSBU2F+Kn1K/8PIxWgMAoGCCqGSM49
BAMCA0kAMEYCIQDvK3cKbdG0i7BhmdR7wVEE7lSUP90mL6SG7LXkKu2xtwIhAI3n
PR3+BgtUUXKKvvUuNxZeeBJwUFP5lLCIIujEuc2U
-----END CERTIFICATE-----`,
  '9999-12-31T23:59:59Z': `-----BEGIN CERTIFICATE-----
MIIBDDCBsgIBAjAKBggqhkjOPQQDAjARMQ8wDQYDVQQDDAZyZWFkZXIwIBcNMjYw
MTAxMDAwMDAwWhgPOTk5OTEyMzEyMzU5NTlaMBExDzANBgNVBAMMBnJlYWRlcjBZ
MBMGByqGSM49AgEGCCqGSM49AwEHA0IABKOZs5J4GqNZo9fnSN7nmUxZi8MG2pMC
qmeF1M3K07C2nv2zaQAPmDT198CfsF97jEJKuJIFTYX4qfUr/w8jFaAwCgYIKoZI
zj0EAwIDSQAwRgIhAOIzA8DBWU+DV2wN+GRllEl27Cr5q9FuVz065jiWgiMIAiEA
wziutW1tjd37ba7miZb7ph6Mxc8ViVoH4+8r1aezpTQ=
-----END CERTIFICATE-----`,
};

async function expiryIn(answer: Readonly<Record<string, string>>, of: object = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const gate = createGate({ limits, ledger: new Ledger(), clock: hurried });
  const secret = parseSecret({ from: { kind: 'service_account', key: { ...key, ...of } }, endpoint });
  return { asked, expiry: await keyExpiry(secret, { gate, signal: new AbortController().signal }) };
}

it('is that of the public certificate of the key', async () => {
  const ending = certificates['2027-05-01T00:00:00Z'];
  const { asked, expiry } = await expiryIn({ k0: certificates['9999-12-31T23:59:59Z'], k1: ending });
  expect(expiry).toEqual({ of: 'key', at: Date.parse('2027-05-01T00:00:00Z') });
  expect(asked).toEqual([`/robot/v1/metadata/x509/${encodeURIComponent(email)}`]);
});

it('is known to be none of a key that has no end', async () => {
  expect((await expiryIn({ k1: certificates['9999-12-31T23:59:59Z'] })).expiry).toEqual({ of: 'key', at: null });
});

it('is not known of a key that is not there any more, or has no id', async () => {
  expect((await expiryIn({ k0: certificates['2027-05-01T00:00:00Z'] })).expiry).toBeUndefined();
  const { asked, expiry } = await expiryIn({}, { private_key_id: undefined });
  expect([asked, expiry]).toEqual([[], undefined]);
});
