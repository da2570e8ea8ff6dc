import { CollectError } from '#model/errors.ts';
import type { Provider } from '#model/provider.ts';

/** Every cloud we know, each loaded on first use. Adding one is a folder and a line here. */
const registry = {
  aws: () => import('./aws/index.ts').then(({ aws }) => aws),
} satisfies Record<string, () => Promise<Provider>>;

export const providerIds: readonly string[] = Object.keys(registry);

/** @throws CollectError `invalid_input` for an id that is none */
export async function loadProvider(id: string): Promise<Provider> {
  if (!isProviderId(id)) {
    throw new CollectError('invalid_input', `there is no provider '${id}'`, {
      fix: `one of: ${providerIds.join(', ')}`,
    });
  }
  return registry[id]();
}

function isProviderId(id: string): id is keyof typeof registry {
  return Object.hasOwn(registry, id);
}
