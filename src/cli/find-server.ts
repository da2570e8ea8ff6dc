import { CollectError } from '#model/errors.ts';
import type { RecordFilter, StoredRecord } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';

/**
 * The server that somebody means by a name or a resource id, or by a part of one that no other has.
 *
 * @param filter which servers there are to choose from
 * @throws CollectError `not_found` where there is none, `invalid_input` where there are several
 */
export async function findServer({ inventory }: Store, text: string, filter: RecordFilter): Promise<StoredRecord> {
  const { rows } = await inventory.list({ filter: { ...filter, search: text }, limit: 20 });
  const exact = rows.filter(({ record }) => record.name === text || record.reference.resource_id === text);
  const found = exact.length > 0 ? exact : rows;
  const [only] = found;
  if (only === undefined) {
    throw new CollectError('not_found', `no server is called ${text}`, {
      fix: 'fleetgauge server list --search <part of its name>',
    });
  }
  if (found.length === 1) return only;
  throw new CollectError('invalid_input', `${text} is not one server`, {
    fix: `say which: ${found.map(({ record }) => record.reference.resource_id).join(', ')}`,
  });
}
