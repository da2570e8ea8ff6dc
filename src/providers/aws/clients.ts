import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';
import {
  fromContainerMetadata,
  fromIni,
  fromInstanceMetadata,
  fromNodeProviderChain,
  fromTemporaryCredentials,
  fromTokenFile,
} from '@aws-sdk/credential-providers';
import type { AwsSecret } from './secret.ts';

/** The SDK's clients of one account, one a region, made on first use. Each call is tried once: `CallGate` tries again. */
export interface Clients {
  sts(): STSClient;
  ec2(region: string): EC2Client;
  cloudwatch(region: string): CloudWatchClient;
  /** A client of any other service, by its class. */
  of<C extends Client>(Class: ClientClass<C>, region: string): C;
  /** Takes the roles of the secret on, which the first call would do. */
  assumeRoles(): Promise<void>;
  close(): void;
}

interface Client {
  readonly middlewareStack: { remove(name: string): boolean };
  destroy(): void;
}

type ClientClass<C> = new (config: ClientConfig) => C;
type ClientConfig = ReturnType<typeof configOf>;
type Credentials = NonNullable<ConstructorParameters<typeof STSClient>[0]>['credentials'] & {};

export function createClients(secret: AwsSecret): Clients {
  const credentials = shared(credentialsOf(secret));
  const made = new Map<string, Client>();
  const of = <C extends Client>(Class: ClientClass<C>, region: string): C => {
    const name = `${Class.name} ${region}`;
    const known = made.get(name);
    if (known instanceof Class) return known;
    const client = withoutLog(new Class(configOf(secret, credentials, region)));
    made.set(name, client);
    return client;
  };
  return {
    sts: () => of(STSClient, secret.homeRegion),
    ec2: (region) => of(EC2Client, region),
    cloudwatch: (region) => of(CloudWatchClient, region),
    of,
    assumeRoles: async () => {
      if (typeof credentials === 'function') await credentials();
    },
    close: () => {
      for (const client of made.values()) client.destroy();
    },
  };
}

/** Whoever holds credentials of a session lets go of them when they have this long to live. */
const spareMs = 5 * 60_000;

/** Each client would open a session of its own. */
function shared(credentials: Credentials): Credentials {
  if (typeof credentials !== 'function') return credentials;
  let opening: ReturnType<typeof credentials> | undefined;
  return async (...given) => {
    const held = await opening?.catch(() => undefined);
    if (held !== undefined && (held.expiration?.getTime() ?? Number.POSITIVE_INFINITY) > Date.now() + spareMs)
      return held;
    opening = credentials(...given);
    return opening;
  };
}

function configOf(secret: AwsSecret, credentials: Credentials, region: string) {
  return {
    region,
    credentials,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 5_000,
      httpsAgent: { maxSockets: 64, keepAlive: true },
      httpAgent: { maxSockets: 64, keepAlive: true },
    },
    ...(secret.endpoint === undefined ? {} : { endpoint: secret.endpoint }),
  };
}

/** The SDK copies each reply for a log that nobody keeps: a tenth of the time that reading takes. */
function withoutLog<C extends Client>(client: C): C {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

function credentialsOf(secret: AwsSecret): Credentials {
  const clientConfig = {
    region: secret.homeRegion,
    ...(secret.endpoint === undefined ? {} : { endpoint: secret.endpoint }),
  };
  let credentials = originOf(secret, clientConfig);
  for (const role of secret.assume) {
    credentials = fromTemporaryCredentials({
      masterCredentials: credentials,
      params: {
        RoleArn: role.roleArn,
        RoleSessionName: role.sessionName,
        ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      },
      clientConfig,
    });
  }
  return credentials;
}

function originOf({ from }: AwsSecret, clientConfig: { region: string; endpoint?: string }): Credentials {
  switch (from.kind) {
    case 'default':
      return fromNodeProviderChain({ clientConfig });
    case 'profile':
      return fromIni({ profile: from.profile, clientConfig });
    case 'keys':
      return {
        accessKeyId: from.accessKeyId,
        secretAccessKey: from.secretAccessKey,
        ...(from.sessionToken === undefined ? {} : { sessionToken: from.sessionToken }),
      };
    case 'web_identity':
      return fromTokenFile({
        roleArn: from.roleArn,
        webIdentityTokenFile: from.tokenFile,
        roleSessionName: from.sessionName,
        clientConfig,
      });
    case 'instance':
      return process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI
        ? fromContainerMetadata()
        : fromInstanceMetadata();
  }
}
