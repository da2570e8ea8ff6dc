import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Client, type ClientTls } from './client.ts';
import { Endpoint } from './endpoint.ts';
import { ServerInfoDefinition } from './gen/v2/spaceone/api/core/v1/server_info.ts';
import type { ServerTls } from './server.ts';
import { serveTestCollector } from './testing-collector.fixture.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fleetgauge-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A certificate for this machine that vouches for itself. */
function selfSigned(name: string): { key: string; certificate: string } {
  const [key, certificate] = [`${name}.key`, `${name}.pem`].map((file) => path.join(folder, file)) as [string, string];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...request, ...subject, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  return { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
}

const server = selfSigned('server');
const friend = selfSigned('friend');
const stranger = selfSigned('stranger');
const authority = server.certificate;
const mutual: ServerTls = { ...server, clientAuthority: friend.certificate };

it.each<{ name: string; tls: ServerTls; client: ClientTls; answered: boolean }>([
  { name: 'answers a client that trusts it', tls: server, client: { authority }, answered: true },
  { name: 'is refused by a client that does not', tls: server, client: {}, answered: false },
  {
    name: 'answers a client with a certificate it knows',
    tls: mutual,
    client: { authority, ...friend },
    answered: true,
  },
  { name: 'refuses a client with another', tls: mutual, client: { authority, ...stranger }, answered: false },
  { name: 'refuses a client without one', tls: mutual, client: { authority }, answered: false },
])('$name', async ({ tls, client: clientTls, answered }) => {
  const stop = new AbortController();
  const { port, closed } = await serveTestCollector(
    { sent: 0, aborted: false, calls: [] },
    { signal: stop.signal, tls },
  );
  const client = new Client(Endpoint.parse(`grpc+ssl://127.0.0.1:${port}`), { tls: clientTls, random: () => 0 });
  const code = await client.call(ServerInfoDefinition, 'get_version', {}, { deadlineMs: 3_000 }).then(
    ({ version }) => version,
    (error: unknown) => error,
  );
  if (answered) expect(code).toBe('9.9.9');
  else expect(code).toMatchObject({ name: 'CollectError' });
  client.close();
  stop.abort();
  await closed;
});
