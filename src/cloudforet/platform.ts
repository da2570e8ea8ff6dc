import pLimit from 'p-limit';
import { CollectError, type ErrorCode } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import { Client } from '#wire/client.ts';
import type { Endpoint } from '#wire/endpoint.ts';
import { ServerDefinition } from '#wire/gen/v1/spaceone/api/inventory/v1/server.ts';
import { requiredParameter } from '#wire/platform-error.ts';
import type { DataSource, Dialect, ServerQuery } from './dialect.ts';
import { type EndpointType, type Listed, listEndpoints, type ServiceName } from './endpoints.ts';
import { platformFleet } from './fleet.ts';
import type { PlatformServer } from './platform-server.ts';
import type { Reading } from './reading.ts';
import type { PlatformRequest } from './request.ts';
import type { PlatformSecret } from './secret.ts';
import { readToken, type Token } from './token.ts';
import { dialectV1 } from './v1.ts';
import { dialectV2 } from './v2.ts';

export interface PlatformOptions {
  readonly endpointType: EndpointType;
  /** In place of what Identity says. */
  readonly endpoints: { readonly [Name in ServiceName]?: Endpoint | undefined };
  /** Calls in flight. */
  readonly concurrency: number;
  /** Of each try of a call. */
  readonly timeoutMs: number;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A Cloudforet platform, signed in to. */
export interface Platform {
  readonly dialect: Dialect;
  readonly token: Token;
  fleet(choice: FleetChoice): Fleet<PlatformServer, PlatformRequest, undefined>;
  close(): void;
}

export interface FleetChoice extends Pick<ServerQuery, 'provider' | 'accounts' | 'regions'> {
  /** In the order in which they are asked: each for what those before it had nothing of. */
  readonly sources: readonly DataSource[];
  readonly reading: Reading;
}

/** Calls only read, so that any failure that may pass is worth another try. */
const retryOn: readonly ErrorCode[] = ['unavailable', 'timeout', 'rate_limited', 'malformed_reply'];

/**
 * Reads the token, learns where the services are and which generation they speak.
 *
 * @throws CollectError
 */
export async function connectPlatform(secret: PlatformSecret, options: PlatformOptions): Promise<Platform> {
  const token = readToken(secret.api_key, options.now);
  const clients: Client[] = [];
  const close = () => {
    for (const client of clients) client.close();
  };
  const open = (endpoint: Endpoint): Client => {
    const client = new Client(endpoint, { token: token.text, deadlineMs: options.timeoutMs, retryOn });
    clients.push(client);
    return client;
  };
  try {
    const dialect = await findDialect(secret, token, options, open);
    const inFlight = pLimit(options.concurrency);
    return {
      dialect,
      token,
      fleet: ({ provider, sources, reading, accounts, regions }) => {
        const { generation } = dialect;
        return platformFleet({ accounts, regions }, { provider, sources, reading, dialect, generation, inFlight });
      },
      close,
    };
  } catch (caught) {
    close();
    throw caught;
  }
}

async function findDialect(
  { endpoint }: PlatformSecret,
  { domainId }: Token,
  { endpoints, endpointType, signal }: PlatformOptions,
  open: (endpoint: Endpoint) => Client,
): Promise<Dialect> {
  let listed: Listed | undefined;
  const find = async (service: ServiceName): Promise<Endpoint> => {
    const given = endpoints[service];
    if (given !== undefined) return given;
    if (endpoint === undefined) throw requiredParameter('secret_data.endpoint');
    listed ??= await listEndpoints(open(endpoint), endpointType, domainId, signal);
    return listed.find(service);
  };
  const inventory = open(await find('inventory'));
  const monitoring = open(await find('monitoring'));
  if (await inventory.supports(ServerDefinition.fullName)) return dialectV1(inventory, monitoring, domainId);
  if (listed?.generation !== 'v1') return dialectV2(inventory, monitoring);
  throw new CollectError(
    'invalid_input',
    'this is a Cloudforet between 1.10 and 1.12, which speaks neither 1.9 nor 2.x',
    {
      where: 'secret_data.endpoint',
      fix: 'Cloudforet 1.9 or 2.x, or a secret of the cloud itself',
    },
  );
}
