import { CollectError } from '#model/errors.ts';
import { type SealedPlace, type SealedValue, sealedPlaces } from '#store/sealed.ts';
import type { Store } from '#store/store.ts';
import { bindingOf } from './accounts.ts';
import { makeKeyFile, readKeyFiles, removeKeyFile } from './key-files.ts';
import { isKeyGiven, type KeyPlace, type MasterKey } from './master-key.ts';
import { rewrap, sealingKeyOf } from './seal.ts';

export interface Rotation {
  /** Now under the newest key. */
  readonly rewrapped: number;
  /** Were so before. */
  readonly current: number;
  /** Could not be opened, and are as they were. */
  readonly failed: readonly CollectError[];
}

const batchSize = 100;

/**
 * Makes a new version of the master key in the data folder, unless the last rotation is not finished, or the key is given
 * by the environment, where whoever starts the processes puts a new one first.
 *
 * @param isShared whether processes on other machines use the store, who would not have a key that is made here
 * @returns whether one was made
 * @throws CollectError `conflict` where others would not have it
 */
export async function addKeyVersion(
  store: Store,
  masterKey: MasterKey,
  { isShared, ...place }: KeyPlace & { readonly isShared: boolean },
): Promise<boolean> {
  if (isKeyGiven(place.env)) return false;
  const [newest] = await readKeyFiles(place.folder);
  if (newest === undefined || (await isUnfinished(store, masterKey, newest.key.id))) return false;
  const version = newest.version + 1;
  if (isShared) throw notEverywhere(version);
  await makeKeyFile(place.folder, version);
  await masterKey.newest();
  return true;
}

/** Whether another key of ours than the newest still seals something. */
async function isUnfinished(store: Store, masterKey: MasterKey, newest: string): Promise<boolean> {
  for (const id of (await secretsByKey(store)).keys()) {
    if (id !== newest && (await masterKey.version(id)) !== undefined) return true;
  }
  return false;
}

function notEverywhere(version: number): CollectError {
  return new CollectError('conflict', 'other machines would not have a master key that is made here', {
    fix: `Put one new key (openssl rand -base64 32) into master-${version}.key, mode 600, on each machine; or first into FLEETGAUGE_MASTER_KEY of each process. Then run this again.`,
  });
}

/**
 * Wraps the data keys of all secrets under the newest master key, each by itself, while others read and write them. What
 * is done is done: after a stop it goes on with the rest.
 *
 * @param signal stops it between two secrets
 */
export async function rewrapSecrets(store: Store, masterKey: MasterKey, signal: AbortSignal): Promise<Rotation> {
  const failed: CollectError[] = [];
  let rewrapped = 0;
  let current = 0;
  const { id: newest } = await masterKey.newest();
  for await (const value of sealedValues(store)) {
    signal.throwIfAborted();
    const where = nameOf(value);
    try {
      if (sealingKeyOf(value.sealed) === newest) {
        current++;
        continue;
      }
      const sealed = await rewrap(value.sealed, where, () => accountBinding(store, value), masterKey);
      // Where somebody else changed it meanwhile, they sealed it under the newest key.
      if (await store.sealed.replace(value, sealed)) rewrapped++;
      else current++;
    } catch (caught) {
      failed.push(withFix(CollectError.from(caught), value));
    }
  }
  return { rewrapped, current, failed };
}

/** How many secrets each master key seals, by the key's id; those that nothing can be told of are under `unknown`. */
export async function secretsByKey(store: Store): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const value of sealedValues(store)) {
    const id = sealingKeyOf(value.sealed) ?? 'unknown';
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/**
 * Removes the file of a master key that seals nothing any more.
 *
 * @throws CollectError `conflict` where it is the newest, or still seals something; `not_found` where there is no such file
 */
export async function forgetKey(store: Store, folder: string, id: string): Promise<void> {
  const files = await readKeyFiles(folder);
  const file = files.find(({ key }) => key.id === id);
  if (file === undefined) {
    throw new CollectError('not_found', 'no file of the data folder has this master key', { where: id });
  }
  const sealed = (await secretsByKey(store)).get(id) ?? 0;
  if (sealed > 0) {
    throw new CollectError('conflict', `this master key still seals ${sealed} of the secrets`, {
      where: id,
      fix: 'fleetgauge secret rotate',
    });
  }
  if (file === files[0]) {
    throw new CollectError('conflict', 'this is the newest master key: it seals what comes next', { where: id });
  }
  await removeKeyFile(file);
}

async function* sealedValues(store: Store): AsyncGenerator<SealedValue> {
  for (const place of sealedPlaces) yield* sealedIn(store, place);
}

async function* sealedIn(store: Store, place: SealedPlace): AsyncGenerator<SealedValue> {
  for (let after: string | undefined; ; ) {
    const page = await store.sealed.page(place, { limit: batchSize, ...(after === undefined ? {} : { after }) });
    yield* page;
    after = page.at(-1)?.id;
    if (page.length < batchSize) return;
  }
}

/** A job is nothing that could be added again. */
function withFix(error: CollectError, { plugin }: SealedValue): CollectError {
  const { code, message, where, cause } = error;
  if (plugin === undefined || code !== 'secret_rejected') return error;
  const fix = `Bring back that master key, or collect anew: fleetgauge collector run ${plugin}. Without it the job cannot be retried, and this is told until the job is forgotten.`;
  return new CollectError(code, message, { fix, cause, ...(where === undefined ? {} : { where }) });
}

/** Only accounts were ever sealed in the format that needs it. */
async function accountBinding(store: Store, { id }: SealedValue): Promise<string> {
  const account = await store.accounts.get(Number(id));
  return bindingOf(account.id, account);
}

function nameOf({ place, id }: SealedValue): string {
  return `${place} ${id}`;
}
