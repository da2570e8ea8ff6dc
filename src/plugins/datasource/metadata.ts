import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Generation } from '#wire/generation.ts';
import type { SourceFacts } from './source.ts';

/** What `init` tells the platform: these keys and no others, since it refuses a key that its generation does not know. */
export function metadataOf(generation: Generation, { provider, requiredKey, stats }: SourceFacts) {
  const common = { supported_stat: [...stats.keys()], required_keys: [requiredKey[generation]] };
  return generation === 'v1'
    ? { ...common, supported_resource_type: ['inventory.Server', 'inventory.CloudService'] }
    : { ...common, supported_providers: [provider] };
}

/**
 * Which provider's data source a platform means. Where one server has several, it says so by options.
 *
 * @throws CollectError `invalid_input` naming the option and what it may be
 */
export function providerOf(options: object, providers: readonly string[]): string {
  const allowed = `Allowed: ${providers.join(', ')}.`;
  const parsed = z.strictObject({ provider: z.enum(providers).optional() }).safeParse(options);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue?.code === 'unrecognized_keys')
      throw invalid('options', `options has no '${issue.keys.join("', '")}'. It has: provider.`);
    throw invalid('options.provider', `options.provider: ${issue?.message ?? 'malformed'}. ${allowed}`);
  }
  const [only, ...others] = providers;
  const provider = parsed.data.provider ?? (others.length === 0 ? only : undefined);
  if (provider !== undefined) return provider;
  throw invalid('options.provider', `options.provider: is needed where several are served. ${allowed}`);
}

function invalid(where: string, message: string): CollectError {
  return new CollectError('invalid_input', message, { where });
}
