import { CollectError } from '#model/errors.ts';
import { type ProviderTypes, type ResourceType, serverType } from '#model/resource-type.ts';
import type { Condition, Path } from './condition.ts';

/** Asked for where resources of every type are wanted. */
export const anyType = 'all';

/**
 * Records of a type of resource, by its id. A record of no type that is known is a server: other collectors tell of those
 * alone.
 *
 * @throws CollectError `invalid_query` naming the types that there are
 */
export function conditionOfType(id: string, known: readonly ProviderTypes[]): Condition {
  if (id === anyType) return { all: [] };
  if (id === serverType)
    return { not: { any: known.flatMap((each) => rowsOf(each, (type) => type.id !== serverType)) } };
  const rows = known.flatMap((each) => rowsOf(each, (type) => type.id === id));
  if (rows.length > 0) return { any: rows };
  const ids = new Set([serverType, ...known.flatMap(({ types }) => types.map((type) => type.id)), anyType]);
  throw new CollectError('invalid_query', `there is no type '${id}'`, {
    where: 'type',
    fix: `one of ${[...ids].join(', ')}`,
  });
}

function rowsOf({ provider, types }: ProviderTypes, isWanted: (type: ResourceType) => boolean): Condition[] {
  return types.filter(isWanted).map(({ group, type, instanceType }) => ({
    all: [
      is(['provider'], provider),
      is(['cloud_service_group'], group),
      is(['cloud_service_type'], type),
      ...(instanceType === undefined ? [] : [is(['instance_type'], instanceType)]),
    ],
  }));
}

function is(path: Path, value: string): Condition {
  return { path, is: 'equal', value };
}
