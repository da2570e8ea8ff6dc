import { CollectError } from '#model/errors.ts';
import type { Provider } from '#model/provider.ts';
import type { SignIn } from '#model/sign-in.ts';
import { signIn as awsSignIn } from './aws/sign-in.ts';

/** A cloud by name, before it is loaded: its SDK is not, until it is used. */
export interface KnownProvider {
  readonly signIn: SignIn;
  /** A shorter name for the command line. */
  readonly alias?: string;
  readonly load: () => Promise<Provider>;
}

/** Every cloud we know. Adding one is a folder and a line here. */
export const registry: Readonly<Record<string, KnownProvider>> = {
  aws: { signIn: awsSignIn, load: async () => (await import('./aws/index.ts')).aws },
};

export const providerIds: readonly string[] = Object.keys(registry);

/** @throws CollectError `invalid_input` for an id that is none */
export async function loadProvider(id: string): Promise<Provider> {
  const known = registry[id];
  if (known === undefined || !Object.hasOwn(registry, id)) {
    throw new CollectError('invalid_input', `there is no provider '${id}'`, {
      fix: `one of: ${providerIds.join(', ')}`,
    });
  }
  return known.load();
}
