import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import pino from 'pino';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createPlatformKey } from '#platform/identity/api-keys.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import { type IssuerFaults, startIssuer } from '#platform/identity/oidc/issuer.fixture.ts';
import { publicKeys } from '#platform/identity/signing-keys.ts';
import { issueAccessToken } from '#platform/identity/tokens.ts';
import { findUser } from '#platform/identity/users.ts';
import { addAccount, openSecret } from '#platform/secret/accounts.ts';
import { masterKey } from '#platform/secret/master-key.ts';
import { addKeyVersion, rewrapSecrets } from '#platform/secret/rotate.ts';
import { unseal } from '#platform/secret/seal.ts';
import { openStore } from '#store/open.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { type Asked, addUsers, admin, cookieIn, openServer, type Told } from './auth-server.fixture.ts';
import { NewApiKeyReply } from './identity-api.ts';
import { sampleNow } from './sample-fleet.fixture.ts';

const mistyped = 'correct horse batteri';
const next = 'another good password';
const accountSecret = 'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY';
const PrivateJwk = z.looseObject({ d: z.string() });

/**
 * Signs in, fails to, makes and uses keys and tokens, rotates: with each credential in use once at least. Then none of them
 * is in an answer (but the one that hands it out), an error, a log, or a file of the data folder besides the master keys.
 */
it('no credential is anywhere but where it has to be', async () => {
  const folder = await temporaryFolder();
  const store = await openStore({ folder });
  const issuer = await startIssuer(sampleNow);
  const { ask, reported, server, close } = await openServer({ store, oidc: issuer.config });
  const key = await masterKey({ folder, env: {} });
  const { keys } = await addUsers(store);
  const { id: domain } = await homeDomain(store, sampleNow);
  const answers: string[] = [];
  const errors: unknown[] = [];
  /** All of an answer, less what it sets as a cookie. */
  const noted = async (method: string, path: string, asked: Asked = {}): Promise<Told> => {
    const told = await ask(method, path, asked);
    const { 'set-cookie': _, location: __, ...headers } = told.headers;
    answers.push(told.text, JSON.stringify(headers));
    return told;
  };
  const failing = (work: Promise<unknown>) => work.catch((caught: unknown) => errors.push(caught));

  await noted('POST', '/api/login', { body: { ...admin, password: mistyped } });
  await noted('POST', '/api/login', { body: { email: admin.password, password: admin.email } });
  const cookie = cookieIn(await noted('POST', '/api/login', { body: admin }));
  await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"email":"x","password":${admin.password}}`,
  }).then(async (answer) => answers.push(await answer.text()));
  await noted('GET', '/api/session', { cookie });
  await noted('GET', '/api/users', { cookie });
  await noted('POST', '/api/users', { cookie, body: { name: 'ben', role: 'viewer', password: next } });
  const made = await ask('POST', '/api/api-keys', { cookie, body: { name: 'laptop' } });
  const { secret: apiKey } = NewApiKeyReply.parse(made.data);
  for (const bearer of [apiKey, `${apiKey}x`, ...Object.values(keys)]) await noted('GET', '/api/api-keys', { bearer });
  await noted('DELETE', `/api/api-keys/${apiKey}`, { cookie });

  const ann = await findUser(store, domain, admin.email);
  const token = await issueAccessToken(store, key, ann, { generation: 'V2', lifeMs: 60_000 }, sampleNow);
  const ci = await findUser(store, domain, 'ci-viewer');
  const platformKey = await createPlatformKey(store, key, ci, { name: 'p', generation: 'V1' }, sampleNow);
  for (const bearer of [token, platformKey.secret, `${token}x`]) await noted('GET', '/api/users', { bearer });
  await noted('GET', '/.well-known/jwks.json');
  const [signing] = await publicKeys(store, domain);
  const sealed = await store.identity.sealedSigningKey(signing?.id ?? '');
  const { d } = PrivateJwk.parse(
    JSON.parse(await unseal(sealed ?? Buffer.alloc(0), `signing key ${signing?.id}: ${domain}`, key)),
  );

  const flows: string[] = [];
  const broken: IssuerFaults = { token: (response) => void response.writeHead(500).end() };
  for (const faults of [{}, { claims: { nonce: 'other' } }, broken]) {
    issuer.faults = faults;
    const begun = await ask('GET', '/api/login/oidc');
    flows.push(/=([^.]+)\./.exec(cookieIn(begun) ?? '')?.[1] ?? '');
    const back = await fetch(begun.headers.location ?? '', { redirect: 'manual' });
    const { pathname, search } = new URL(back.headers.get('location') ?? '');
    await noted('GET', pathname + search, { cookie: cookieIn(begun) });
  }

  const draft = { provider: 'aws', account: '1', name: 'prod', regions: [] };
  const account = await addAccount(store, key, draft, { secretAccessKey: accountSecret }, sampleNow);
  await failing(addAccount(store, key, draft, { secretAccessKey: accountSecret }, sampleNow));
  await failing(openSecret(store, key, { ...account, account: '2' }));
  await addKeyVersion(store, key, { folder, env: {}, isShared: false });
  await rewrapSecrets(store, key, new AbortController().signal);
  await failing(openSecret(store, await masterKey({ folder: join(folder, 'other'), env: {} }), account));
  await noted('POST', '/api/session/password', { cookie, body: { current: admin.password, next } });

  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line) => lines.push(line) });
  for (const error of [...reported, ...errors]) {
    log.error({ err: error, error, key }, 'failed');
    lines.push(inspect(error, { depth: 9 }));
  }
  expect(errors.length + reported.length).toBeGreaterThanOrEqual(5);

  const names = await readdir(folder);
  const keyNames = names.filter((name) => /^master.*\.key$/.test(name));
  expect(keyNames).toHaveLength(2);
  const files = names.filter((name) => name.startsWith('fleetgauge.db'));
  const database = await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')));
  const masterKeys = await Promise.all(keyNames.map((name) => readFile(join(folder, name), 'utf8')));
  const credentials: Record<string, string | undefined> = {
    password: admin.password,
    'mistyped password': mistyped,
    'new password': next,
    session: cookie?.split('=')[1],
    'API key': apiKey.split('_').slice(2).join('_'),
    'key of the viewer': keys.viewer.split('_').slice(2).join('_'),
    token,
    'platform key': platformKey.secret,
    'signature of a token': token.split('.')[2],
    'private key': d,
    'private key, raw': Buffer.from(d, 'base64url').toString('latin1'),
    'client secret': issuer.config.clientSecret,
    'flow that went well': flows[0],
    'flow that failed': flows[1],
    'flow that broke off': flows[2],
    'secret of an account': accountSecret,
    'first master key': masterKeys[0]?.trim(),
    'second master key': masterKeys[1]?.trim(),
    'master key, raw': Buffer.from(masterKeys[0] ?? '', 'base64').toString('latin1'),
  };
  const places = { answers, log: lines, database };
  for (const [what, credential] of Object.entries(credentials)) {
    expect([what, (credential ?? '').length > 10]).toEqual([what, true]);
    for (const [place, texts] of Object.entries(places)) {
      expect([what, place, texts.some((text) => text.includes(credential ?? ''))]).toEqual([what, place, false]);
    }
  }
  // The search itself finds what is there.
  expect(database.some((text) => text.includes(admin.email))).toBe(true);
  expect(answers.some((text) => text.includes(admin.email))).toBe(true);

  await close();
  await issuer.stop();
});
