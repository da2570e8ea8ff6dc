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
  close(): void;
}

type Credentials = NonNullable<ConstructorParameters<typeof STSClient>[0]>['credentials'] & {};

export function createClients(secret: AwsSecret): Clients {
  const credentials = credentialsOf(secret);
  const config = (region: string) => ({
    region,
    credentials,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 5_000,
      httpsAgent: { maxSockets: 64, keepAlive: true },
      httpAgent: { maxSockets: 64, keepAlive: true },
    },
    ...(secret.endpoint === undefined ? {} : { endpoint: secret.endpoint }),
  });
  const sts = new STSClient(config(secret.homeRegion));
  const ec2 = new Map<string, EC2Client>();
  const cloudwatch = new Map<string, CloudWatchClient>();
  return {
    sts: () => sts,
    ec2: (region) => remember(ec2, region, () => withoutLog(new EC2Client(config(region)))),
    cloudwatch: (region) => remember(cloudwatch, region, () => withoutLog(new CloudWatchClient(config(region)))),
    close: () => {
      for (const client of [sts, ...ec2.values(), ...cloudwatch.values()]) client.destroy();
    },
  };
}

/** The SDK copies each reply for a log that nobody keeps: a tenth of the time that reading takes. */
function withoutLog<T extends { readonly middlewareStack: { remove(name: string): boolean } }>(client: T): T {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
  const had = known.get(key);
  if (had !== undefined) return had;
  const made = make();
  known.set(key, made);
  return made;
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
