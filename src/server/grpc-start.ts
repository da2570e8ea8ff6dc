import type { Server } from 'node:net';
import { CollectError } from '#model/errors.ts';
import { type Listening, serve, serveInjected } from '#wire/server.ts';
import { sortConnections } from './grpc-port.ts';
import { type PlatformParts, platformServices } from './grpc-services.ts';

export interface GrpcOptions extends Omit<PlatformParts, 'publicUrl'> {
  /** Where browsers find the server, if not where it listens. */
  readonly publicUrl: URL | undefined;
  readonly host: string;
  /** Of the services of Cloudforet's first generation, whose names are those of the second; none where absent. */
  readonly legacyPort: number | undefined;
  /** How long a connection may take to say what it speaks, in milliseconds. */
  readonly patienceMs: number;
  readonly report: (error: CollectError) => void;
}

/** gRPC beside HTTP, on the same port. */
export interface Grpc {
  /** Of the first generation's services. */
  readonly legacyPort: number | undefined;
  /** Lets calls under way end, and closes its connections. */
  close(): Promise<void>;
}

/**
 * Serves a platform to those who speak Cloudforet: its second generation on the connections of the HTTP server, the first on
 * a port of its own.
 *
 * @param server not yet listening
 * @throws CollectError `conflict` where nothing can listen on the legacy port
 */
export async function startGrpc(server: Server, options: GrpcOptions): Promise<Grpc> {
  const { publicUrl, host, legacyPort, patienceMs, report, version } = options;
  const services = await platformServices({ ...options, publicUrl: publicUrl && grpcUrl(publicUrl) });
  const stop = new AbortController();
  const common = { version, signal: stop.signal, onError: (error: unknown) => report(CollectError.from(error)) };
  let legacy: Listening | undefined;
  try {
    if (legacyPort !== undefined) {
      legacy = await serve({ ...common, generation: 'v1', services: services.v1, host, port: legacyPort });
    }
  } catch (caught) {
    services[Symbol.dispose]();
    throw caught;
  }
  const { inject, closed } = serveInjected({ ...common, generation: 'v2', services: services.v2 });
  const cutSilent = sortConnections(server, inject, patienceMs);
  return {
    legacyPort: legacy?.port,
    async close() {
      stop.abort();
      cutSilent();
      await Promise.all([closed, legacy?.closed]);
      services[Symbol.dispose]();
    },
  };
}

/** Where a proxy ends TLS, or not, it passes gRPC on as well. */
function grpcUrl({ protocol, hostname, port }: URL): string {
  return protocol === 'https:' ? `grpc+ssl://${hostname}:${port || 443}` : `grpc://${hostname}:${port || 80}`;
}
