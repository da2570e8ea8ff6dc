import { z } from 'zod';
import type { Generation } from '#wire/generation.ts';
import { refuse } from '../refusal.ts';
import type { PluginMetadata } from './metadata.ts';

const common = { supported_stat: z.array(z.string()), required_keys: z.array(z.string()).nullish() };

/** The platform's own models: a key that they have not got is an error, not ignored. */
const models = {
  v1: z.strictObject({
    ...common,
    supported_resource_type: z.array(z.enum(['identity.ServiceAccount', 'inventory.Server', 'inventory.CloudService'])),
  }),
  v2: z.strictObject({ ...common, supported_providers: z.array(z.string()).nullish() }),
} as const satisfies Record<Generation, z.ZodType>;

/** What a data source's `init` answered. @throws CollectError `ERROR_INVALID_PLUGIN_OPTIONS` */
export function readMetadata(generation: Generation, metadata: unknown): PluginMetadata {
  const { data, error } = models[generation].safeParse(metadata ?? {});
  if (data === undefined) {
    const reason = z.prettifyError(error);
    throw refuse(
      'ERROR_INVALID_PLUGIN_OPTIONS',
      `The options received from the plugin is invalid. (reason = ${reason})`,
    );
  }
  const { supported_stat, required_keys, ...rest } = data;
  const named = Object.entries(rest).flatMap(([key, value]) => (value ? [[key, value] as const] : []));
  return { ...Object.fromEntries(named), supported_stat, required_keys: required_keys ?? [] };
}
