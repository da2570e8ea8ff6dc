import { z } from 'zod';
import { dimensionsOf } from '#providers/aws/reader/metric.ts';
import { parseOrBlame } from '../parse-or-blame.ts';

// What may be absent may be null too: Python writes it so.
const Dimensions = z
  .array(z.object({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024) }))
  .max(30)
  .transform(dimensionsOf)
  .nullish();
const Name = z.string().max(255).nullish();

/** A region's name goes into a host name, so nothing else may pass for one. Global services keep their metrics in us-east-1. */
const Region = z
  .string()
  .nullish()
  .transform((name) => (name?.toLowerCase() === 'global' ? 'us-east-1' : name || undefined))
  .pipe(
    z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region such as eu-west-1')
      .optional(),
  );

/**
 * Every form in which Cloudforet asks for CloudWatch's metrics: what a record of either generation holds at
 * `data.cloudwatch`, and one metric in CloudWatch's own words.
 */
const Query = z
  .object({
    region_name: Region,
    metrics_info: z.array(z.object({ Namespace: Name, Dimensions })).nullish(),
    namespace: Name,
    dimensions: Dimensions,
    Namespace: Name,
    MetricName: Name,
    Dimensions,
  })
  .transform(({ region_name: region, metrics_info, namespace, dimensions, MetricName: metric, ...own }) => {
    const parts = metrics_info ?? [{ Namespace: own.Namespace ?? namespace, Dimensions: own.Dimensions ?? dimensions }];
    return {
      region,
      metric: metric ?? undefined,
      scopes: parts.flatMap(({ Namespace, Dimensions }) =>
        Namespace ? [{ region, namespace: Namespace, dimensions: Dimensions ?? [] }] : [],
      ),
    };
  });

/** @throws CollectError `invalid_input` naming the field */
export function parseQuery(input: unknown): z.infer<typeof Query> {
  return parseOrBlame(Query, input);
}
