import { z } from 'zod';
import { metricKeys } from '#model/metric.ts';
import { cpuStatistics } from '#store/inventory.ts';

const count = z.int();

const ServerFacet = z
  .strictObject({
    values: z.array(z.strictObject({ value: z.string(), servers: count }).readonly()).readonly(),
    all: count.describe('How many values there are; the commonest are in `values`.'),
  })
  .readonly()
  .describe('As if the query said nothing of this facet.');

export const ServerFacets = z
  .strictObject({
    provider: ServerFacet,
    account: ServerFacet,
    region: ServerFacet,
    state: ServerFacet,
    type: ServerFacet.describe('`instance_type`, as if the query said nothing of it.'),
    cpu: z
      .strictObject({
        statistic: z.enum(cpuStatistics),
        measured: count,
        p50: z.number().nullable(),
        p90: z.number().nullable(),
      })
      .readonly()
      .describe('Of the servers that the query lets through: how the statistic is spread over those that have it.'),
    types: z
      .array(
        z
          .strictObject({ id: z.string(), label: z.string(), metrics: z.array(z.enum(metricKeys)).readonly() })
          .readonly(),
      )
      .readonly()
      .describe('What `type=` may be.'),
  })
  .readonly();
export type ServerFacets = z.infer<typeof ServerFacets>;
