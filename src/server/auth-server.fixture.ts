import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { CollectError } from '#model/errors.ts';
import { createApiKey } from '#platform/identity/api-keys.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import { hashPassword } from '#platform/identity/password.ts';
import { addUser } from '#platform/identity/users.ts';
import { type Role, roles, type User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { ErrorReply, type ErrorReport, Meta } from './api.ts';
import { sampleNow, seedJob, seedServers } from './sample-fleet.fixture.ts';
import { type RunningServer, type ServerOptions, startServer } from './start.ts';

export const admin = { email: 'ann@corp.example', password: 'correct horse battery' };

export interface Asked {
  readonly bearer?: string;
  readonly cookie?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: unknown;
  /** Of an answer in the envelope: `data` and `meta`, or `error`. */
  readonly data?: unknown;
  readonly meta?: Meta;
  readonly error?: ErrorReport;
}

const Envelope = z.union([z.strictObject({ data: z.unknown(), meta: Meta }), ErrorReply]);

export interface TestServer {
  readonly store: Store;
  readonly server: RunningServer;
  /** Epoch milliseconds; a test may set it. */
  readonly clock: { now: number };
  /** Failures that the server reported. */
  readonly reported: readonly CollectError[];
  /** Sends a path as it is, dots and all. */
  ask(method: string, path: string, asked?: Asked): Promise<Told>;
  close(): Promise<void>;
}

/** A server on a store with a fleet, and no users. */
export async function openServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetgauge-server-'));
  const consoleFolder = join(folder, 'dist');
  await mkdir(consoleFolder, { recursive: true });
  await writeFile(join(consoleFolder, 'index.html'), '<title>console</title>');
  await writeFile(join(folder, 'secret.txt'), 'a file beside the console');
  const store = options.store ?? (await openTestStore());
  await seedServers(store);
  await seedJob(store);
  const clock = { now: sampleNow };
  const reported: CollectError[] = [];
  const server = await startServer({
    store,
    port: 0,
    demo: false,
    version: '0',
    consoleFolder,
    now: () => clock.now,
    report: (error) => reported.push(error),
    checksReplies: true,
    ...options,
  });
  const ask = (method: string, path: string, asked: Asked = {}) => send(server.url, method, path, asked);
  const close = async () => {
    await server.close();
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store, server, clock, reported, ask, close };
}

export interface Users {
  readonly admin: User;
  /** An API key of each role. */
  readonly keys: Readonly<Record<Role, string>>;
}

/** Hashing takes its time: once will do. */
let adminHash: Promise<string> | undefined;

/** An admin with a password, and a service account with an API key for each role. */
export async function addUsers(store: Store): Promise<Users> {
  const { id: domain } = await homeDomain(store, sampleNow);
  const { id } = await addUser(store, { domain, kind: 'PERSON', name: admin.email, role: 'admin' }, sampleNow);
  adminHash ??= hashPassword(admin.password);
  const first = await store.identity.changeUser(id, { password: await adminHash });
  const keyOf = async (role: Role) => {
    const service = await addUser(store, { domain, kind: 'SERVICE', name: `ci-${role}`, role }, sampleNow);
    return (await createApiKey(store, service, { name: role }, sampleNow)).secret;
  };
  const [viewer, operator, strongest] = await Promise.all(roles.map(keyOf));
  return { admin: first, keys: { viewer: viewer ?? '', operator: operator ?? '', admin: strongest ?? '' } };
}

/** A server that demands a sign-in. */
export async function openWithUsers(options: Partial<ServerOptions> = {}): Promise<TestServer & Users> {
  const store = options.store ?? (await openTestStore());
  const users = await addUsers(store);
  return { ...(await openServer({ ...options, store })), ...users };
}

/** The cookie that a login set, as a browser sends it back. */
export function cookieIn({ headers }: Told): string | undefined {
  return headers['set-cookie']?.map((line) => line.split(';')[0]).find((pair) => !pair?.endsWith('='));
}

function send(url: string, method: string, path: string, { bearer, cookie, body, headers }: Asked): Promise<Told> {
  const { hostname, port } = new URL(url);
  const sent = {
    host: `127.0.0.1:${port}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    ...(cookie === undefined ? {} : { cookie }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method, path, headers: sent, agent: false }, async (answer) => {
      const text = (await answer.setEncoding('utf8').toArray()).join('');
      const body = jsonOf(text);
      const told = { status: answer.statusCode ?? 0, headers: answer.headers, text, body };
      resolve({ ...told, ...Envelope.safeParse(body).data });
    });
    asked.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
