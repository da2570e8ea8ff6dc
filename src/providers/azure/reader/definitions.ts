import { z } from 'zod';
import type { Send } from '../send.ts';
import type { AzureScope } from './metric.ts';

export interface Definition {
  readonly name: string;
  /** `Percent`, `Bytes`, `CountPerSecond`, … */
  readonly unit: string;
}

const Definitions = z.object({
  value: z.array(z.object({ name: z.object({ value: z.string() }), unit: z.string().default('') })),
});

/** The metrics that a resource has of its own namespace. @throws CollectError */
export async function listDefinitions(
  send: Send,
  resourceManager: string,
  { id, subscription, namespace }: AzureScope,
  signal: AbortSignal,
): Promise<Definition[]> {
  const query = new URLSearchParams({ 'api-version': '2018-01-01', metricnamespace: namespace });
  const { value } = await send(
    {
      call: { api: 'monitor:metricDefinitions', account: subscription, region: 'global' },
      url: `${resourceManager}${encodeURI(id)}/providers/Microsoft.Insights/metricDefinitions?${query}`,
      audience: 'resourceManager',
      reply: Definitions,
    },
    signal,
  );
  return value.map(({ name, unit }) => ({ name: name.value, unit }));
}
