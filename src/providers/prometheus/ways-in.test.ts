import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { CollectError, reportOf } from '#model/errors.ts';
import { parseSecret } from './secret.ts';
import { signIn } from './sign-in.ts';
import { makeCertificates } from './testing-certificates.fixture.ts';
import { connectTo, startFake } from './testing-prometheus.fixture.ts';

const certificates = makeCertificates();
afterAll(() => certificates[Symbol.dispose]());
const { server, friend, stranger } = certificates;

const url = 'https://prometheus.example.org';
const basic = { kind: 'basic', username: 'reader', password: 'a-password' };

describe('a secret', () => {
  it.each([
    { name: 'plain http to anyone, where nothing goes with it', secret: { url: 'http://10.0.0.5:9090' } },
    { name: 'credentials over http to this machine', secret: { url: 'http://127.0.0.1:9090', auth: basic } },
    {
      name: 'credentials over http, expressly',
      secret: { url: 'http://10.0.0.5:9090', auth: basic, allowPlainHttp: true },
    },
    { name: 'a tenant, which is no secret', secret: { url: 'http://10.0.0.5/', headers: { 'X-Scope-OrgID': 'a' } } },
    { name: 'a client certificate', secret: { url, tls: { cert: friend.cert, key: friend.key, ca: server.cert } } },
    { name: 'matchers without braces', secret: { url, match: 'job="node", env=~"prod|stage",' } },
  ])('may be $name', ({ secret }) => {
    expect(parseSecret(parseSecret(secret))).toMatchObject(secret);
  });

  it.each([
    { name: 'no URL', secret: {}, says: 'url' },
    { name: 'a user in the URL', secret: { url: 'https://user:pass@host' }, says: 'url' },
    { name: 'a query in the URL', secret: { url: 'https://host/?a=b' }, says: 'url' },
    { name: 'another protocol', secret: { url: 'ftp://host' }, says: 'url' },
    { name: 'a password over http', secret: { url: 'http://10.0.0.5:9090', auth: basic }, says: 'url: must be https' },
    {
      name: 'a token in a header over http',
      secret: { url: 'http://10.0.0.5', headers: { 'X-Api-Key': 'k' } },
      says: 'url: must be https',
    },
    { name: 'two lines in a header', secret: { url, headers: { 'X-A': 'b\r\nX-C: d' } }, says: 'headers.X-A' },
    { name: 'a header that is not to be set', secret: { url, headers: { Authorization: 'x' } }, says: 'headers' },
    { name: 'a certificate over http', secret: { url: 'http://127.0.0.1', tls: { ca: server.cert } }, says: 'tls' },
    { name: 'a certificate without key', secret: { url, tls: { cert: friend.cert } }, says: 'tls: needs' },
    { name: 'the key of another', secret: { url, tls: { cert: friend.cert, key: stranger.key } }, says: 'tls: holds' },
    { name: 'no PEM', secret: { url, tls: { ca: 'MIIB' } }, says: 'tls.ca: is not PEM' },
    { name: 'matchers that break out', secret: { url, match: '{job="node"} or up' }, says: 'match: is no list' },
    { name: 'a matcher without quotes', secret: { url, match: '{job=node}' }, says: 'match' },
    { name: 'a name that is not a label', secret: { url, keyLabels: ['a-b'] }, says: 'keyLabels.0' },
    { name: 'a field that is not known', secret: { url, token: 'x' }, says: 'secret' },
  ])('may not be $name', ({ secret, says }) => {
    expect(() => parseSecret(secret)).toThrow(says);
    expect(() => parseSecret(secret)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('is not repeated by what is said about it', () => {
    const secret = {
      url: 'http://10.0.0.5',
      auth: { ...basic, password: 'hush-hush' },
      headers: { 'X-Api-Key': 'hush' },
    };
    expect(said(() => parseSecret(secret))).not.toContain('hush');
    expect(said(() => parseSecret({ ...secret, auth: { kind: 'bearer', token: 'hush\n' } }))).not.toContain('hush');
  });
});

describe('a connection', () => {
  it.each([
    { name: 'nothing', secret: {}, sent: { authorization: undefined } },
    { name: 'a user', secret: { auth: basic }, sent: { authorization: `Basic ${btoa('reader:a-password')}` } },
    { name: 'a token', secret: { auth: { kind: 'bearer', token: 'tok' } }, sent: { authorization: 'Bearer tok' } },
    { name: 'headers', secret: { headers: { 'X-Scope-OrgID': 'a' } }, sent: { 'x-scope-orgid': 'a' } },
  ])('sends $name', async ({ secret, sent }) => {
    await using fake = await startFake({ basePath: '/prom' });
    using connected = await connectTo({ url: `${fake.url}/`, ...secret });
    expect(connected.fleet).toMatchObject({ provider: 'prometheus', isRegional: false });
    expect(fake.asked.length).toBeGreaterThan(0);
    for (const { api, headers } of fake.asked) {
      expect(api).toBe('query');
      expect(headers).toMatchObject(
        Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)),
      );
      if (sent.authorization === undefined) expect(headers).not.toHaveProperty('authorization');
    }
  });

  it('is called as its URL and tenant, or as the secret says', async () => {
    await using fake = await startFake({ basePath: '/prom' });
    const host = new URL(fake.url).host;
    const nameOf = async (secret: object) => {
      using connected = await connectTo({ url: fake.url, ...secret });
      return [connected.fleet.account, connected.principal];
    };
    expect(await nameOf({})).toEqual([`${host}/prom`, `${host}/prom`]);
    expect(await nameOf({ headers: { 'x-scope-orgid': 'team-a' } })).toEqual(Array(2).fill(`${host}/prom/team-a`));
    expect(await nameOf({ account: 'fra1', auth: basic })).toEqual(['fra1', 'reader@fra1']);
  });

  it('reads answers that are packed', async () => {
    const body = JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [1, '1'] } });
    const packed = gzipSync(body).toString('latin1');
    await using fake = await startFake({
      fault: () => ({ body: packed, encoding: 'latin1', headers: { 'content-encoding': 'gzip' } }),
    });
    using connected = await connectTo({ url: fake.url });
    expect(connected.ledger.lines()).toMatchObject([{ calls: 1, failed: 0 }]);
  });

  it('takes a packed answer that breaks off for a fault', async () => {
    const packed = gzipSync('x'.repeat(1000)).subarray(0, 15).toString('latin1');
    await using fake = await startFake({
      fault: () => ({ body: packed, encoding: 'latin1', headers: { 'content-encoding': 'gzip' } }),
    });
    await expect(connectTo({ url: fake.url })).rejects.toMatchObject({ code: 'unavailable' });
    expect(fake.asked).toHaveLength(8);
  });

  it.each([
    { name: 'an authority that it was given', tls: { ca: server.cert }, code: undefined },
    { name: 'nobody else', tls: undefined, code: 'secret_rejected' },
    { name: 'no other authority', tls: { ca: stranger.cert }, code: 'secret_rejected' },
  ])('trusts $name', async ({ tls, code }) => {
    await using fake = await startFake({ tls: { key: server.key, cert: server.cert } });
    const secret = { url: fake.url, ...(tls === undefined ? {} : { tls }) };
    expect(await codeOf(secret)).toBe(code);
  });

  it.each([
    { name: 'a certificate that the server knows', client: { cert: friend.cert, key: friend.key }, code: undefined },
    // Node.js hangs up without a word; Prometheus says why (tests/interop/prometheus).
    { name: 'another', client: { cert: stranger.cert, key: stranger.key }, code: 'unavailable' },
    { name: 'none', client: {}, code: 'secret_rejected' },
  ])('shows $name', async ({ client, code }) => {
    const tls = { key: server.key, cert: server.cert, ca: friend.cert, requestCert: true, rejectUnauthorized: true };
    await using fake = await startFake({ tls });
    expect(await codeOf({ url: fake.url, tls: { ca: server.cert, ...client } })).toBe(code);
  });
});

describe('flags', () => {
  const nothing = async (what: string): Promise<string> => {
    throw new Error(`asked for ${what}`);
  };

  it('make the smallest secret', async () => {
    const secret = await signIn.secretFrom({ url, 'lookback-days': '14' }, nothing);
    expect(parseSecret(secret)).toMatchObject({ url, auth: { kind: 'none' }, lookbackDays: 14 });
  });

  it('make the largest secret, of which what is secret is asked for', async () => {
    const asked: string[] = [];
    const ask = async (what: string, variable: string) => {
      asked.push(`${what}: ${variable}`);
      return 'hush';
    };
    const secret = await signIn.secretFrom(
      {
        url,
        username: 'reader',
        header: ['X-Scope-OrgID: team-a', 'X-Other=b'],
        'secret-header': 'X-Api-Key',
        'ca-file': server.certFile,
        'cert-file': friend.certFile,
        'key-file': friend.keyFile,
        match: '{job="node"}',
        'key-label': ['cluster'],
        'region-label': 'dc',
        'zone-label': 'rack',
        'name-label': 'host',
        'account-name': 'fra1',
        'lookback-days': '30',
        'allow-plain-http': true,
      },
      ask,
    );
    expect(asked).toEqual(['password: PROMETHEUS_PASSWORD', 'value of X-Api-Key: PROMETHEUS_HEADER']);
    expect(parseSecret(secret)).toEqual({
      url,
      auth: { kind: 'basic', username: 'reader', password: 'hush' },
      headers: { 'X-Scope-OrgID': 'team-a', 'X-Other': 'b', 'X-Api-Key': 'hush' },
      tls: { ca: server.cert, cert: friend.cert, key: friend.key },
      allowPlainHttp: true,
      match: '{job="node"}',
      account: 'fra1',
      keyLabels: ['cluster'],
      regionLabel: 'dc',
      zoneLabel: 'rack',
      nameLabel: 'host',
      lookbackDays: 30,
    });
  });

  it('ask for a token', async () => {
    const secret = await signIn.secretFrom({ url, bearer: true }, async (_, variable) => `from ${variable}`);
    expect(parseSecret(secret).auth).toEqual({ kind: 'bearer', token: 'from PROMETHEUS_TOKEN' });
  });

  it.each([
    { given: {}, says: '--url is missing' },
    { given: { url, username: 'a', bearer: true } as const, says: 'one way in, not 2: --username, --bearer' },
    { given: { url, header: ['no-value'] }, says: '--header' },
    { given: { url, 'ca-file': '/nowhere/at-all' }, says: '--ca-file' },
    { given: { url, 'lookback-days': 'many' }, says: '--lookback-days' },
  ])('are refused where $says', async ({ given, says }) => {
    const refused = signIn.secretFrom(given, nothing);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining(says) });
  });
});

async function codeOf(secret: object): Promise<string | undefined> {
  try {
    using connected = await connectTo(secret);
    expect(connected.fleet.account).toContain('127.0.0.1');
    return undefined;
  } catch (caught) {
    return CollectError.from(caught).code;
  }
}

function said(act: () => unknown): string {
  try {
    act();
  } catch (caught) {
    const error = CollectError.from(caught);
    return JSON.stringify([reportOf(error), String(error.stack), String(error.cause)]);
  }
  throw new Error('nothing was refused');
}
