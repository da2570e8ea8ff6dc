import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAuthorization, signatureMatches } from '../../demo/aws/sigv4.ts';
import { awsKmsKey } from './aws-kms.ts';
import { signPost } from './aws-signature.ts';

const arn = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const access = (endpoint: string) => ({ endpoint, credentials: async () => credentials });

interface Asked {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A peer on loopback that answers by a function. */
async function peer(answer: (asked: Asked, response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const one = { request, body: (await request.setEncoding('utf8').toArray()).join('') };
    asked.push(one);
    answer(one, response);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

const refusal = (status: number, type: string) => (_: Asked, response: ServerResponse) =>
  void response.writeHead(status).end(JSON.stringify({ __type: type, message: 'told' }));

describe('signature', () => {
  it('is that of the published test suite of Signature Version 4 (post-vanilla)', () => {
    const request = { url: new URL('https://example.amazonaws.com/'), headers: {}, body: '' };
    const scope = { region: 'us-east-1', service: 'service' };
    expect(signPost(request, credentials, scope, Date.UTC(2015, 7, 30, 12, 36)).authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    );
  });
});

describe('a key in AWS KMS', () => {
  it('signs what it asks, and sends no more than the data key and what it is bound to', async () => {
    const kms = await peer((_, response) => void response.end(JSON.stringify({ CiphertextBlob: 'd3JhcHBlZA==' })));
    const wrapped = await awsKmsKey(arn, access(kms.url)).wrap(Buffer.from('data key'), Buffer.from('bound'));
    expect(Buffer.from(wrapped).toString()).toBe('wrapped');
    const [{ request, body } = { request: undefined, body: '' }] = kms.asked;
    expect(JSON.parse(body)).toEqual({
      KeyId: arn,
      Plaintext: Buffer.from('data key').toString('base64'),
      EncryptionContext: { fleetgauge: Buffer.from('bound').toString('base64') },
    });
    const authorization = parseAuthorization(request?.headers.authorization);
    expect(authorization).toMatchObject({ region: 'eu-west-1', service: 'kms' });
    if (request === undefined || authorization === undefined) return;
    const signed = { method: 'POST', url: '/', headers: request.headers, body };
    expect(signatureMatches(signed, authorization, credentials.secretAccessKey)).toBe(true);
  });

  it('is asked again where it was throttled', async () => {
    const kms = await peer((asked, response) =>
      kms.asked.length === 1
        ? refusal(400, 'ThrottlingException')(asked, response)
        : void response.end(JSON.stringify({ Plaintext: 'cGxhaW4=' })),
    );
    const plain = await awsKmsKey(arn, access(kms.url)).unwrap(Buffer.from('wrapped'), Buffer.from('bound'));
    expect(Buffer.from(plain ?? []).toString()).toBe('plain');
    expect(kms.asked).toHaveLength(2);
  });

  it.each([
    { status: 400, type: 'AccessDeniedException', code: 'access_denied' },
    { status: 400, type: 'DisabledException', code: 'secret_rejected' },
    { status: 400, type: 'com.amazonaws.kms#NotFoundException', code: 'secret_rejected' },
  ])('says what $type means, and nothing of what was sent', async ({ status, type, code }) => {
    const kms = await peer(refusal(status, type));
    const error = await awsKmsKey(arn, access(kms.url))
      .wrap(Buffer.from('data key'), Buffer.from('bound'))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, where: arn });
    expect(JSON.stringify(error)).not.toContain(Buffer.from('data key').toString('base64'));
    expect(kms.asked).toHaveLength(1);
  });

  it('does not know what it did not wrap, nor an answer of another form', async () => {
    const kms = await peer(refusal(400, 'InvalidCiphertextException'));
    expect(await awsKmsKey(arn, access(kms.url)).unwrap(Buffer.from('x'), Buffer.from('y'))).toBeUndefined();
    const strange = await peer((_, response) => void response.end('<html>'));
    await expect(awsKmsKey(arn, access(strange.url)).wrap(Buffer.from('x'), Buffer.from('y'))).rejects.toMatchObject({
      code: 'malformed_reply',
    });
  });

  it.each(['http://kms.example', 'ftp://127.0.0.1', 'kms'])('is not asked at %s', (endpoint) => {
    expect(() => awsKmsKey(arn, access(endpoint))).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it.each(['arn:aws:s3:::bucket', 'arn:aws:kms:eu-west-1:1:key/x', 'arn:'])('is not named by %s', (name) => {
    expect(() => awsKmsKey(name, {})).toThrow(expect.objectContaining({ code: 'invalid_input', where: name }));
  });
});
