import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadExternal } from '#providers/external/load.ts';
import { addProvider } from '#providers/registry.ts';
import { readCloudSecret } from './cloud-secret.ts';
import { pluginMetadata } from './metadata.ts';
import { optionsSchema, parseOptions } from './options.ts';

const Schema = z.object({
  properties: z.object({ providers: z.object({ items: z.object({ enum: z.array(z.string()) }) }) }),
});

it('a provider from outside is collected as ours are, once it is added', async () => {
  const options = { providers: ['acme_cloud'] };
  const secretData = { provider: 'acme_cloud', token: 'opens nothing' };
  expect(() => parseOptions(options)).toThrow('options.providers.0: is none of what it may be. Allowed: aws,');
  expect(() => readCloudSecret(secretData)).toThrow('of no cloud that we know');

  const file = fileURLToPath(new URL('../../providers/external/testing/fleetgauge.config.json', import.meta.url));
  addProvider(await loadExternal('./acme-cloud.mjs', { file }));
  expect(parseOptions(options).providers).toEqual(['acme_cloud']);
  expect(readCloudSecret(secretData)).toEqual({ provider: 'acme_cloud', input: { token: 'opens nothing' } });
  expect(pluginMetadata().supported_providers).toContain('acme_cloud');
  expect(Schema.parse(optionsSchema()).properties.providers.items.enum).toContain('acme_cloud');
});
