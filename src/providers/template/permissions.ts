import type { ProviderFacts } from '#model/provider.ts';
import { serverType } from '#model/resource-type.ts';

/** What its documentation is made of. */
export const facts: ProviderFacts = {
  /** Empty where reading is free; else with source and date. */
  prices: [],
  permissions: [
    {
      file: 'template_cloud-scopes.txt',
      about: 'The scopes of the token.',
      apply: 'choose them where the token is made',
      text: 'servers:read\nmetrics:read\n',
    },
  ],
  metricTable: [
    {
      type: serverType,
      key: 'cpu.utilization',
      native: 'cpu',
      statistic: 'mean, max, min',
      unit: 'percent',
      source: 'Template Cloud, reference of metrics',
    },
  ],
};
