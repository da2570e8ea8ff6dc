import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { crc32c } from './crc32c.ts';

export interface AskedOfKms {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface KmsAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface SimulatedKms extends AsyncDisposable {
  readonly url: string;
  /** All that it was asked. */
  readonly asked: readonly AskedOfKms[];
  /** Answers the next calls in the place of the real answers, one call each. */
  readonly faults: ((answer: KmsAnswer) => KmsAnswer)[];
}

/** On a port of the loopback address, over HTTP. */
async function startKms(answer: (asked: AskedOfKms) => KmsAnswer): Promise<SimulatedKms> {
  const asked: AskedOfKms[] = [];
  const faults: ((answer: KmsAnswer) => KmsAnswer)[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.setEncoding('utf8').toArray()).join('');
    const one = { path: request.url ?? '', headers: request.headers, body };
    asked.push(one);
    const right = answer(one);
    const told = faults.shift()?.(right) ?? right;
    response.writeHead(told.status, { 'content-type': 'application/json' });
    response.end(typeof told.body === 'string' ? told.body : JSON.stringify(told.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    faults,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The keys of a KMS, made when they are first named; the first byte of what they encrypt says nothing of the text. */
class KmsKeys {
  readonly #keys = new Map<string, Buffer>();

  encrypt(name: string, plain: Buffer, bound: Buffer): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key(name), nonce).setAAD(bound);
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** Undefined for what this key did not encrypt, or another `bound`. */
  decrypt(name: string, text: Buffer, bound: Buffer): Buffer | undefined {
    try {
      const tag = text.subarray(text.length - 16);
      const decipher = createDecipheriv('aes-256-gcm', this.#key(name), text.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(bound).setAuthTag(tag);
      return Buffer.concat([decipher.update(text.subarray(12, text.length - 16)), decipher.final()]);
    } catch {
      return undefined;
    }
  }

  #key(name: string): Buffer {
    const key = this.#keys.get(name) ?? randomBytes(32);
    this.#keys.set(name, key);
    return key;
  }
}

const Base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));

const AwsCall = z.object({
  KeyId: z.string(),
  Plaintext: Base64.optional(),
  CiphertextBlob: Base64.optional(),
  EncryptionContext: z.record(z.string(), z.string()),
});

/** As AWS KMS answers Encrypt and Decrypt. */
export function startAwsKms(): Promise<SimulatedKms> {
  const keys = new KmsKeys();
  return startKms(({ body }) => {
    const { KeyId, Plaintext, CiphertextBlob, EncryptionContext } = AwsCall.parse(JSON.parse(body));
    const bound = Buffer.from(JSON.stringify(EncryptionContext));
    if (Plaintext !== undefined) {
      return { status: 200, body: { KeyId, CiphertextBlob: keys.encrypt(KeyId, Plaintext, bound).toString('base64') } };
    }
    const plain = keys.decrypt(KeyId, CiphertextBlob ?? Buffer.alloc(0), bound);
    return plain === undefined
      ? { status: 400, body: { __type: 'InvalidCiphertextException' } }
      : { status: 200, body: { KeyId, Plaintext: plain.toString('base64') } };
  });
}

export function googleRefusal(status: number, name: string, message: string): KmsAnswer {
  return { status, body: { error: { code: status, status: name, message } } };
}

const Checksum = z.string().transform(Number);
const GoogleCall = z.strictObject({
  plaintext: Base64.exactOptional(),
  plaintextCrc32c: Checksum.exactOptional(),
  ciphertext: Base64.exactOptional(),
  ciphertextCrc32c: Checksum.exactOptional(),
  additionalAuthenticatedData: Base64,
  additionalAuthenticatedDataCrc32c: Checksum,
});

/** The token that it takes, and gives for `POST /token` as Google's Security Token Service does. */
export const googleToken = 'ya29.simulated';

/** As Cloud KMS answers encrypt and decrypt: for a token, and where the checksums are right. */
export function startGoogleKms(): Promise<SimulatedKms> {
  const keys = new KmsKeys();
  return startKms(({ path, headers, body }) => {
    if (path === '/token') {
      const token = { access_token: googleToken, token_type: 'Bearer', expires_in: 3600 };
      return { status: 200, body: { ...token, issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' } };
    }
    if (headers.authorization !== `Bearer ${googleToken}`) return googleRefusal(401, 'UNAUTHENTICATED', 'no token');
    const [, name, action] = /^\/v1\/(projects\/.+):(encrypt|decrypt)$/.exec(path) ?? [];
    const call = GoogleCall.parse(JSON.parse(body));
    const bound = call.additionalAuthenticatedData;
    const text = (action === 'encrypt' ? call.plaintext : call.ciphertext) ?? Buffer.alloc(0);
    const checksum = action === 'encrypt' ? call.plaintextCrc32c : call.ciphertextCrc32c;
    if (name === undefined) return googleRefusal(404, 'NOT_FOUND', path);
    if (crc32c(bound) !== call.additionalAuthenticatedDataCrc32c || crc32c(text) !== checksum) {
      return googleRefusal(400, 'INVALID_ARGUMENT', 'The checksum in field plaintext_crc32c did not match the data.');
    }
    if (action === 'encrypt') {
      const ciphertext = keys.encrypt(name, text, bound);
      const verified = { verifiedPlaintextCrc32c: true, verifiedAdditionalAuthenticatedDataCrc32c: true };
      const version = `${name}/cryptoKeyVersions/1`;
      const ofText = { ciphertext: ciphertext.toString('base64'), ciphertextCrc32c: String(crc32c(ciphertext)) };
      return { status: 200, body: { name: version, ...ofText, ...verified, protectionLevel: 'SOFTWARE' } };
    }
    const plain = keys.decrypt(name, text, bound);
    return plain === undefined
      ? googleRefusal(400, 'INVALID_ARGUMENT', "Decryption failed: verify that 'name' refers to the correct CryptoKey.")
      : { status: 200, body: { plaintext: plain.toString('base64'), plaintextCrc32c: String(crc32c(plain)) } };
  });
}

/** The file of a workload identity, whose token is exchanged at the simulation. @returns its path */
export async function googleCredentials({ url }: SimulatedKms, folder: string): Promise<string> {
  const file = join(folder, 'subject-token');
  await writeFile(file, 'told by the cluster');
  const path = join(folder, 'credentials.json');
  const config = {
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${url}/token`,
    credential_source: { file },
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}
