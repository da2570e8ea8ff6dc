import { z } from 'zod';

/** A metric of one resource, all of its dimensions' values together. */
export interface AzureMetric {
  readonly resource: AzureScope;
  /** Its name in the REST API. */
  readonly name: string;
}

/** One resource, as its id tells. */
export interface AzureScope {
  /** In small letters: Azure takes any spelling, and its services spell one id differently. */
  readonly id: string;
  readonly subscription: string;
  /** Of its own metrics: `microsoft.compute/virtualmachines`. */
  readonly namespace: string;
}

/** `/subscriptions/…/providers/<namespace>/<type>/<name>…`; it goes into paths and queries, so nothing else may pass for one. */
export const ResourceId = z
  .string()
  .max(2048)
  .regex(
    /^\/subscriptions\/[\da-f-]{36}\/resourcegroups\/[\w.()-]+\/providers\/[\w.]+(\/\w+\/[\w.()-]+)+$/i,
    'is not an id of Azure Resource Manager',
  )
  .transform((text): AzureScope => {
    const id = text.toLowerCase();
    const [, , subscription = '', , , , provider = '', ...path] = id.split('/');
    const types = path.filter((_, at) => at % 2 === 0);
    return { id, subscription, namespace: [provider, ...types].join('/') };
  });
