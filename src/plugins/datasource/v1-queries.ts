import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { SourceFacts } from './source.ts';

const Fields = z.record(z.string(), z.unknown());
const Resources = z.object({ region_name: z.string().nullish(), resources: z.array(Fields) });

/** What the record that a v1 platform sends to `Metric.list` holds for the provider; nothing where it has no such key. */
export function queryOfRecord(record: unknown, { requiredKey }: SourceFacts): unknown {
  const { region_name, ...fields } = parse(Fields, record);
  const query = requiredKey.v1.split('.').reduce<unknown>((value, key) => Fields.safeParse(value).data?.[key], fields);
  return query === undefined || query === null ? {} : withRegion(parse(Fields, query), region_name);
}

/** The queries that a v1 platform sends to `Metric.get_data`, by resource. @throws CollectError `invalid_input` */
export function queriesOfResources(resource: unknown, { resourceIdKey }: SourceFacts): Map<string, unknown> {
  const { region_name, resources } = parse(Resources, resource);
  return new Map(
    resources.map(({ [resourceIdKey]: id, ...query }, at) => {
      const name = parse(z.string().min(1), id, `resource.resources.${at}.${resourceIdKey}`);
      return [name, withRegion(query, region_name)];
    }),
  );
}

/** The query's own region goes first. */
function withRegion({ region_name, ...query }: Readonly<Record<string, unknown>>, fallback: unknown) {
  return { ...query, region_name: region_name ?? fallback };
}

function parse<T>(schema: z.ZodType<T>, input: unknown, where = 'resource'): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [where, ...(issue?.path ?? [])].join('.');
  throw new CollectError('invalid_input', `${path}: ${issue?.message ?? 'malformed'}`, { where: path });
}
