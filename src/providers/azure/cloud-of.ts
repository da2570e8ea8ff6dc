import { type Cloud, clouds } from './clouds.ts';
import type { AzureSecret } from './secret.ts';

/** The cloud that a secret is for, with the secret's own endpoints. */
export function cloudOf({ cloud, endpoints }: AzureSecret): Cloud {
  const own = clouds[cloud];
  const base = (url: string) => url.replace(/\/+$/, '');
  return {
    ...own,
    authority: base(endpoints.authority ?? own.authority),
    resourceManager: base(endpoints.resourceManager ?? own.resourceManager),
    metrics: base(endpoints.metrics ?? own.metrics),
    graph: base(endpoints.graph ?? own.graph),
  };
}
