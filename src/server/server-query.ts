import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type ProviderTypes, serverType } from '#model/resource-type.ts';
import { type RecordOrder, type RecordSort, recordSorts } from '#store/inventory.ts';
import { type Condition, type Path, statePath } from '#store/query/condition.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import { conditionWithout, metricPath } from '#store/query/text.ts';

/** What lists of servers, their files and their facets are asked by. */

const longestText = 200;

/** Of resources, as the providers call it. */
export const TypeName = z
  .string()
  .max(longestText)
  .default(serverType)
  .meta({ description: '`server`, another type such as `rds_instance`, or `all`.' });

export const QueryText = z
  .string()
  .max(2000)
  .exactOptional()
  .meta({ description: '`provider:aws cpu.p95:<5 mem:none -account:sandbox`' });

/** @param field what the query says of it is left out */
export function conditionOf(
  type: string,
  types: readonly ProviderTypes[],
  q: string | undefined,
  field?: string,
): Condition {
  const ofType = conditionOfType(type, types);
  return q === undefined ? ofType : { all: [ofType, conditionWithout(q, field)] };
}

const sortPaths: Readonly<Record<RecordSort, Path>> = {
  id: ['record_id'],
  name: ['name'],
  provider: ['provider'],
  account: ['account'],
  region: ['region_code'],
  state: [statePath],
  instanceType: ['instance_type'],
  cpuAvg: metricAt('cpu.avg'),
  cpuMax: metricAt('cpu.max'),
  memoryAvg: metricAt('mem.avg'),
  firstSeen: ['created_at'],
  updatedAt: ['updated_at'],
  lastSeenAt: ['last_collected_at'],
};

/** `-cpuAvg`, `-cpu.p95`: highest first. */
export const Sort = z
  .string()
  .max(longestText)
  .transform((text): RecordOrder & { readonly by: string; readonly column: RecordSort | undefined } => {
    const descending = text.startsWith('-');
    const by = descending ? text.slice(1) : text;
    const column = recordSorts.find((sort) => sort === by);
    return { by, descending, column, path: column === undefined ? metricAt(by) : sortPaths[column] };
  })
  .meta({
    description: `${recordSorts.join(', ')}, or with \`from=\` a metric such as cpu.p95; with a minus in front from high to low.`,
  });
export type Sort = z.infer<typeof Sort>;

/** @throws CollectError `invalid_query` */
function metricAt(name: string): Path {
  const path = metricPath(name);
  if (path !== undefined) return path;
  throw new CollectError('invalid_query', `nothing is sorted by '${name}'`, {
    where: 'sort',
    fix: `one of ${recordSorts.join(', ')}, or a metric such as cpu.p95; with a minus in front from high to low`,
  });
}
