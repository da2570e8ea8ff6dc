import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { AskSecret, GivenFlags, SignIn } from '#model/sign-in.ts';

/** By the chain of @azure/identity where nothing is given: environment, workload identity, managed identity, Azure CLI. */
export const signIn: SignIn = {
  flags: [
    { name: 'tenant-id', value: 'id', description: 'the directory (tenant) to sign in to' },
    {
      name: 'client-id',
      value: 'id',
      description: 'an application; its secret is taken from AZURE_CLIENT_SECRET, --secret-stdin or a prompt',
    },
    {
      name: 'client-certificate',
      value: 'file',
      description: 'sign in to --client-id by this certificate and private key (PEM)',
    },
    {
      name: 'federated-token-file',
      value: 'file',
      description: 'sign in to --client-id by the OpenID token in this file, as on AKS',
    },
    {
      name: 'managed-identity',
      description: 'the identity of the machine that this runs on; with --client-id one of several',
    },
    {
      name: 'subscription',
      value: 'id',
      description: 'a subscription to read; given again, one more; all that are visible where none is given',
      repeats: true,
    },
    { name: 'cloud', value: 'name', description: 'public, china or government', fallback: 'public' },
    { name: 'login-endpoint', value: 'url', description: 'where Entra ID is asked instead' },
    {
      name: 'management-endpoint',
      value: 'url',
      description: 'where Resource Manager and Resource Graph are asked instead',
    },
    {
      name: 'metrics-endpoint',
      value: 'url',
      description: 'where the metrics service is asked instead, with {region} where its region goes',
    },
  ],
  secretFrom,
  schema: async () =>
    z.toJSONSchema((await import('./secret.ts')).AzureSecret, { io: 'input', unrepresentable: 'any' }),
};

/** By the secret's own names. */
const endpointFlags = {
  authority: 'login-endpoint',
  resourceManager: 'management-endpoint',
  metrics: 'metrics-endpoint',
} as const;

async function secretFrom(given: GivenFlags, ask: AskSecret): Promise<object> {
  const { cloud } = given;
  const endpoints = Object.entries(endpointFlags).flatMap(([name, flag]) =>
    given[flag] === undefined ? [] : [[name, given[flag]]],
  );
  return {
    from: await originFrom(given, ask),
    subscriptions: listOf(given.subscription),
    ...(cloud === undefined ? {} : { cloud }),
    ...(endpoints.length === 0 ? {} : { endpoints: Object.fromEntries(endpoints) }),
  };
}

const waysIn = ['client-certificate', 'federated-token-file', 'managed-identity'] as const;

async function originFrom(given: GivenFlags, ask: AskSecret): Promise<object> {
  const ways = waysIn.filter((flag) => given[flag] !== undefined);
  const [way] = ways;
  if (ways.length > 1) {
    throw new CollectError(
      'invalid_input',
      `give one way in, not ${ways.length}: ${ways.map((flag) => `--${flag}`).join(', ')}`,
    );
  }
  const tenantId = given['tenant-id'];
  const clientId = given['client-id'];
  if (way === 'managed-identity') return { kind: 'managed_identity', ...(clientId === undefined ? {} : { clientId }) };
  if (way === undefined && clientId === undefined)
    return { kind: 'default', ...(tenantId === undefined ? {} : { tenantId }) };
  if (tenantId === undefined || clientId === undefined)
    throw new CollectError('invalid_input', `--${way ?? 'client-id'} needs a --tenant-id and a --client-id`);
  const application = { tenantId, clientId };
  switch (way) {
    case 'client-certificate':
      return { kind: 'client_certificate', ...application, ...(await certificateFrom(given[way], ask)) };
    case 'federated-token-file':
      return { kind: 'workload_identity', ...application, tokenFile: given[way] };
    default:
      return {
        kind: 'client_secret',
        ...application,
        clientSecret: await ask('client secret', 'AZURE_CLIENT_SECRET'),
      };
  }
}

async function certificateFrom(file: GivenFlags[string], ask: AskSecret): Promise<object> {
  if (typeof file !== 'string') throw new CollectError('invalid_input', '--client-certificate needs a file');
  const certificate = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CollectError('invalid_input', '--client-certificate: the file cannot be read', { where: file, cause });
  });
  if (!certificate.includes('ENCRYPTED')) return { certificate };
  return { certificate, password: await ask('password of the certificate', 'AZURE_CLIENT_CERTIFICATE_PASSWORD') };
}

function listOf(value: GivenFlags[string]): readonly string[] {
  if (value === undefined || value === true) return [];
  return typeof value === 'string' ? [value] : value;
}
