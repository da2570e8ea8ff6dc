import { CollectError } from '#model/errors.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import type { Store } from '#store/store.ts';

const setting = 'master_key';

/**
 * Sees to it that all processes of a store have one master key: the first one says which, by its id.
 *
 * @throws CollectError `secret_rejected` where this process has another one, before it fails at the first secret
 */
export async function agreeOnKey(store: Store, key: MasterKey): Promise<void> {
  const agreed = await store.settings.agree(setting, key.id);
  if (agreed === key.id) return;
  if ((await key.version(agreed)) === undefined) {
    throw new CollectError(
      'secret_rejected',
      `the secrets here are sealed with another master key (id ${agreed}, not ${key.id})`,
      {
        fix: 'give this process the same key as the others: FLEETGAUGE_MASTER_KEY, or a copy of master.key in its data folder',
      },
    );
  }
  await store.settings.set(setting, key.id);
}
