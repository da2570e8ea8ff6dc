import type { ResourceType } from '#model/resource-type.ts';
import type { RecordId } from '#store/inventory.ts';
import type { JobId } from '#store/jobs.ts';
import type { Condition, Path } from '#store/query/condition.ts';
import type { Store } from '#store/store.ts';

/** What a run has read from its first server to its last, without a gap. */
export interface ReadScope {
  readonly provider: string;
  readonly account: string;
  /** All of the account's where absent. */
  readonly region?: string;
  readonly types: readonly ResourceType[];
  /** When reading began, in epoch milliseconds: whoever has been reported since is there. */
  readonly since: number;
}

/**
 * Marks the resources that a complete reading of their scope did not find. Never to be called after a partial one: what could
 * not be read is not gone.
 *
 * @returns those that are newly gone
 */
export async function markAbsent(
  store: Store,
  { provider, account, region, types, since }: ReadScope,
  job: JobId,
  now: number,
): Promise<readonly RecordId[]> {
  const condition: Condition = { any: types.map(conditionOf) };
  const filter = { provider, account, condition, ...(region === undefined ? {} : { region }) };
  return store.transaction(async (tx) => {
    const gone = await tx.inventory.markAbsent(filter, since, now);
    await tx.changes.add(
      gone.map((resource) => ({ resource, event: 'absent', job, fields: [] })),
      now,
    );
    return gone;
  });
}

function conditionOf({ group, type, instanceType }: ResourceType): Condition {
  const is = (path: Path, value: string): Condition => ({ path, is: 'equal', value });
  return {
    all: [
      is(['cloud_service_group'], group),
      is(['cloud_service_type'], type),
      ...(instanceType === undefined ? [] : [is(['instance_type'], instanceType)]),
    ],
  };
}
