import type { Duplex } from 'node:stream';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { CollectError } from '#model/errors.ts';
import { messageLimits } from './channel-options.ts';
import { DescriptorIndex } from './descriptor-index.ts';
import { type Generation, generations } from './generation.ts';
import { health } from './health.ts';
import { reflection } from './reflection.ts';
import type { OnError } from './serve-method.ts';
import { forGrpc, implement, type Service } from './service.ts';

/** PEM texts. */
export interface ServerTls {
  readonly key: string;
  readonly certificate: string;
  /** Who signs the clients' certificates; with it, a client without one is refused. */
  readonly clientAuthority?: string;
}

/** What a server serves, wherever its connections come from. */
export interface ServedOptions {
  readonly generation: Generation;
  readonly services: readonly Service[];
  /** What ServerInfo.get_version answers. */
  readonly version: string;
  /** Begins the shutdown: no new calls, those under way may end. */
  readonly signal: AbortSignal;
  /** How long calls under way may take from then on, before they are cut. Default 10,000. */
  readonly graceMs?: number;
  /** Hears of failures that are faults of this server, whose text no caller sees. */
  readonly onError?: OnError;
}

export interface ServeOptions extends ServedOptions {
  /** Default: all interfaces, as the platform's supervisor expects. */
  readonly host?: string;
  /** 0 for any that is free; Cloudforet's supervisor expects 50051. */
  readonly port: number;
  readonly tls?: ServerTls;
}

export interface Listening {
  readonly port: number;
  /** Resolves once the last call has ended after `signal` aborted. */
  readonly closed: Promise<void>;
}

/**
 * Serves a generation's services on one port, with health, ServerInfo and reflection as every Cloudforet server has them.
 *
 * @throws CollectError `conflict` if the address cannot be had
 */
export async function serve(options: ServeOptions): Promise<Listening> {
  const server = serverOf(options);
  const port = await bind(server, options);
  return { port, closed: closeOn(options.signal, server, options.graceMs ?? longestGraceMs) };
}

/** A server on connections that somebody else accepts. */
export interface Injected {
  /** Takes a connection over; what was read of it is to be put back first. */
  inject(connection: Duplex): void;
  /** Resolves once the last call has ended after `signal` aborted, and all connections are closed. */
  readonly closed: Promise<void>;
}

/** As `serve`, for connections in clear text that are handed over. */
export function serveInjected(options: ServedOptions): Injected {
  const { signal, graceMs = longestGraceMs } = options;
  const server = serverOf(options);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return { inject: (connection) => injector.injectConnection(connection), closed: closeOn(signal, server, graceMs) };
}

const longestGraceMs = 10_000;

function serverOf({ generation, services: given, version, signal, onError = () => {} }: ServedOptions): Server {
  const { files, serverInfo } = generations[generation];
  const own = [...given, implement(serverInfo, { get_version: () => ({ version }) })];
  const names = own.map(({ fullName }) => fullName);
  const services = [...own, health(names, signal)];
  const listed = services.map(({ fullName }) => fullName);

  const server = new Server(messageLimits);
  for (const service of services) server.addService(...forGrpc(service, onError));
  for (const rows of reflection(listed, new DescriptorIndex(files))) server.addService(...rows);
  return server;
}

function bind(server: Server, { host = '0.0.0.0', port, tls }: ServeOptions): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials(tls), (cause, bound) => {
      if (cause === null) resolve(bound);
      else reject(new CollectError('conflict', `Cannot listen on ${address}.`, { where: address, cause }));
    });
  });
}

function credentials(tls: ServerTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const authority = tls.clientAuthority === undefined ? null : Buffer.from(tls.clientAuthority);
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) };
  return ServerCredentials.createSsl(authority, [pair], authority !== null);
}

function closeOn(signal: AbortSignal, server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const close = () => {
      const cut = setTimeout(() => server.forceShutdown(), graceMs);
      server.tryShutdown(() => {
        clearTimeout(cut);
        resolve();
      });
    };
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
  });
}
