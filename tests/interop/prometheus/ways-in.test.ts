import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CollectError, reportOf } from '#model/errors.ts';
import { makeCertificates } from '#providers/prometheus/testing-certificates.fixture.ts';
import { lacks } from '../../e2e/parts.ts';
import { type TemporaryFolder, temporaryFolder } from '../../e2e/temporary-folder.ts';
import { prometheusPart } from './parts.ts';
import { startPrometheus } from './processes.ts';
import { connectTo } from './reading.ts';

const certificates = makeCertificates();
const { server, friend, stranger } = certificates;
const password = 'interop-password';
/** bcrypt of the password. */
const hashed = '$2b$10$abcdefghijklmnopqrstuuQmElzo1ArVngp7yTKPZWWE2RNFpmTgO';

const user = { kind: 'basic', username: 'reader', password };
const ours = { ca: server.cert, cert: friend.cert, key: friend.key };

let folder: TemporaryFolder;

describe.skipIf(lacks(prometheusPart))('the doors of a real Prometheus', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('prometheus-doors');
  });

  afterAll(async () => {
    certificates[Symbol.dispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  it.each([
    { name: 'opens to a known certificate and user', secret: { tls: ours, auth: user }, code: undefined },
    {
      name: 'stays shut without a certificate',
      secret: { tls: { ca: server.cert }, auth: user },
      code: 'secret_rejected',
    },
    {
      name: 'stays shut to another certificate',
      secret: { tls: { ca: server.cert, cert: stranger.cert, key: stranger.key }, auth: user },
      code: 'secret_rejected',
    },
    { name: 'is not trusted without its authority', secret: { auth: user }, code: 'secret_rejected' },
    {
      name: 'stays shut to a wrong password',
      secret: { tls: ours, auth: { ...user, password: 'guessed-word' } },
      code: 'secret_rejected',
    },
    { name: 'stays shut to nobody', secret: { tls: ours }, code: 'secret_rejected' },
  ])('$name', async ({ secret, code }) => {
    const config = join(folder.path, 'web.yml');
    await writeFile(
      config,
      JSON.stringify({
        tls_server_config: {
          cert_file: server.certFile,
          key_file: server.keyFile,
          client_auth_type: 'RequireAndVerifyClientCert',
          client_ca_file: friend.certFile,
        },
        basic_auth_users: { reader: hashed },
      }),
    );
    const flags = [`--web.config.file=${config}`, '--web.route-prefix=/monitoring'];
    await using running = await startPrometheus(folder.path, { flags });
    const url = `${running.url.replace('http:', 'https:')}/monitoring`;
    const outcome = await connectTo(url, secret).then(
      (connected) => {
        connected[Symbol.dispose]();
        return undefined;
      },
      (caught: unknown) => CollectError.from(caught),
    );
    expect(outcome?.code).toBe(code);
    const said = outcome === undefined ? '' : JSON.stringify([reportOf(outcome), String(outcome.stack)]);
    for (const word of [password, 'guessed-word', btoa(`reader:${password}`)]) expect(said).not.toContain(word);
  });
});
