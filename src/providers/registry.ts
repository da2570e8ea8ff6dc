import { CollectError } from '#model/errors.ts';
import type { KnownProvider, Provider } from '#model/provider.ts';
import type { ProviderTypes } from '#model/resource-type.ts';
import { signIn as awsSignIn } from './aws/sign-in.ts';
import { resourceTypes as awsTypes } from './aws/types.ts';
import { signIn as azureSignIn } from './azure/sign-in.ts';
import { resourceTypes as azureTypes } from './azure/types.ts';
import { resourceTypes as googleCloudTypes } from './google_cloud/catalog.ts';
import { signIn as googleCloudSignIn } from './google_cloud/sign-in.ts';
import { resourceTypes as prometheusTypes } from './prometheus/catalog.ts';
import { signIn as prometheusSignIn } from './prometheus/sign-in.ts';

/** Every cloud that we bring. Adding one is a folder and a line here. */
const own: readonly KnownProvider[] = [
  { id: 'aws', signIn: awsSignIn, types: awsTypes, load: async () => (await import('./aws/index.ts')).aws },
  { id: 'azure', signIn: azureSignIn, types: azureTypes, load: async () => (await import('./azure/index.ts')).azure },
  {
    id: 'google_cloud',
    alias: 'google',
    signIn: googleCloudSignIn,
    types: googleCloudTypes,
    load: async () => (await import('./google_cloud/index.ts')).googleCloud,
  },
  {
    id: 'prometheus',
    signIn: prometheusSignIn,
    types: prometheusTypes,
    load: async () => (await import('./prometheus/index.ts')).prometheus,
  },
];

/** Of the clouds that we bring. */
export const providerIds: readonly string[] = own.map(({ id }) => id);

const known = new Map(own.map((each) => [each.id, each]));

/** Ours, and those that were added. */
export function knownProviders(): readonly KnownProvider[] {
  return [...known.values()];
}

/** Makes a cloud known that we do not bring. @throws CollectError `conflict` where its name is taken */
export function addProvider(provider: KnownProvider): void {
  const { id, alias = id } = provider;
  const taken = knownProviders().flatMap((each) => [each.id, each.alias]);
  const name = [id, alias].find((each) => taken.includes(each));
  if (name !== undefined) throw new CollectError('conflict', `there is a provider '${name}' already`);
  known.set(id, provider);
}

/** What every provider has and measures; those from outside are loaded for it. @throws CollectError where one is broken */
export function knownTypes(): Promise<ProviderTypes[]> {
  return Promise.all(
    knownProviders().map(async ({ id, types, load }) => ({ provider: id, types: types ?? (await load()).types })),
  );
}

/** @throws CollectError `invalid_input` for an id that is none */
export async function loadProvider(id: string): Promise<Provider> {
  const provider = known.get(id);
  if (provider === undefined) {
    throw new CollectError('invalid_input', `there is no provider '${id}'`, {
      fix: `one of: ${[...known.keys()].join(', ')}`,
    });
  }
  return provider.load();
}
