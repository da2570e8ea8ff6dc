import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#collect/clock.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { makeCertificate } from '../../demo/azure/certificate.ts';
import { openIdConfiguration } from '../../demo/azure/entra.ts';
import { limits } from './catalog.ts';
import { expiryOf } from './expiry.ts';
import { parseSecret } from './secret.ts';

const tenantId = '30000000-0000-4000-8000-000000000001';
const clientId = '30000000-0000-4000-8000-000000000021';
const end = '2027-03-01T00:00:00Z';
const dayMs = 86_400_000;

const context = () => ({
  gate: createGate({ limits, ledger: new Ledger(), clock: systemClock }),
  now: Date.now,
  signal: new AbortController().signal,
});

/** An authority and a Microsoft Graph, which tells these secrets of an application. */
async function startGraph(passwordCredentials: readonly object[], status = 200) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    asked.push(url.pathname);
    const answer = url.pathname.endsWith('openid-configuration')
      ? openIdConfiguration(url.origin, tenantId)
      : url.pathname.endsWith('/token')
        ? { token_type: 'Bearer', access_token: 'a.graph.token', expires_in: 3600 }
        : status === 200
          ? { passwordCredentials }
          : { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges' } };
    const isGraph = url.pathname.startsWith('/graph/');
    response.writeHead(isGraph ? status : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return { endpoints: { authority: url, graph: `${url}/graph` }, asked };
}

const application = { kind: 'client_secret', tenantId, clientId, clientSecret: 'abc~of-nobody' };

it.each([
  {
    name: 'the one that begins alike',
    credentials: [
      { hint: 'abc', endDateTime: end },
      { hint: 'xyz', endDateTime: '2020-01-01T00:00:00Z' },
    ],
    want: Date.parse(end),
  },
  {
    name: 'two that begin alike and end apart',
    credentials: [
      { hint: 'abc', endDateTime: end },
      { hint: 'abc', endDateTime: '2020-01-01T00:00:00Z' },
    ],
  },
  { name: 'another one', credentials: [{ hint: 'xyz', endDateTime: end }] },
  { name: 'one that it says nothing of', credentials: [{ hint: null, endDateTime: null }] },
])('of an application: Graph tells $name', async ({ credentials, want }) => {
  const { endpoints, asked } = await startGraph(credentials);
  const expiry = await expiryOf(parseSecret({ from: application, endpoints }), context());
  expect(expiry?.at).toBe(want);
  expect(asked.at(-1)).toBe(`/graph/v1.0/applications(appId='${clientId}')`);
});

it('is not known where Graph shows no applications, or where it is not asked', async () => {
  const { endpoints, asked } = await startGraph([], 403);
  const refused = expiryOf(parseSecret({ from: application, endpoints }), context());
  await expect(refused).rejects.toMatchObject({ code: 'access_denied' });
  const before = asked.length;
  const elsewhere = parseSecret({ from: application, endpoints: { resourceManager: endpoints.authority } });
  expect(await expiryOf(elsewhere, context())).toBeUndefined();
  expect(await expiryOf(parseSecret({ from: { kind: 'managed_identity' } }), context())).toBeUndefined();
  expect(asked).toHaveLength(before);
});

it('of a certificate is in it, of a token too', async () => {
  const { pem, privateKeyPem } = makeCertificate('fleetgauge', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const from = { kind: 'client_certificate', tenantId, clientId, certificate: `${privateKeyPem}\n${pem}` };
  const { of, at } = (await expiryOf(parseSecret({ from }), context())) ?? {};
  expect(of).toBe('certificate');
  expect(Math.abs((at ?? 0) - Date.now() - 29.5 * dayMs)).toBeLessThan(dayMs);
  const token = `e30.${Buffer.from(JSON.stringify({ exp: 1_800_000_000 })).toString('base64url')}.x`;
  const workload = { kind: 'workload_identity', tenantId, clientId, token };
  expect(await expiryOf(parseSecret({ from: workload }), context())).toEqual({ of: 'token', at: 1_800_000_000_000 });
});
