import { inspect } from 'node:util';
import { CollectError } from '#model/errors.ts';
import { awsKmsKey, isAwsKmsArn } from './aws-kms.ts';
import { googleKmsKey, isGoogleKmsName } from './google-kms.ts';
import { makeKeyFile, readKeyFiles } from './key-files.ts';
import { type KeyVersion, LocalKey } from './key-version.ts';

const variable = 'FLEETGAUGE_MASTER_KEY';
/** Stands in it for the keys of the data folder. */
const ofFolder = 'file';

/** Where the master key is. */
export interface KeyPlace {
  /** Holds `master.key`, and the versions that came after it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What seals all secrets, in its versions: the newest seals, and each opens what it sealed. Prints, logs and serialises as
 * the id of the newest.
 */
export class MasterKey {
  #versions: readonly KeyVersion[];
  readonly #load: () => Promise<readonly KeyVersion[]>;

  /** @param load the versions, newest first; asked again before each sealing, so that a rotation needs no restart */
  static async open(load: () => Promise<readonly KeyVersion[]>): Promise<MasterKey> {
    return new MasterKey(await load(), load);
  }

  private constructor(versions: readonly KeyVersion[], load: () => Promise<readonly KeyVersion[]>) {
    this.#versions = versions;
    this.#load = load;
  }

  /** Of the newest version. */
  get id(): string {
    return this.#versions[0]?.id ?? 'none';
  }

  /** @throws CollectError `secret_rejected` where there is no key any more */
  async newest(): Promise<KeyVersion> {
    this.#versions = await this.#load();
    const [newest] = this.#versions;
    if (newest !== undefined) return newest;
    throw new CollectError('secret_rejected', 'the master key is gone', { fix: 'Bring it back from a backup.' });
  }

  /** Undefined for a key that is not ours. */
  async version(id: string): Promise<KeyVersion | undefined> {
    const known = this.#versions.find((version) => version.id === id);
    if (known !== undefined) return known;
    this.#versions = await this.#load();
    return this.#versions.find((version) => version.id === id);
  }

  toJSON(): string {
    return `master key ${this.id}`;
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}

/**
 * The master key: what `FLEETGAUGE_MASTER_KEY` names, newest first, then what lies in the data folder. Where there is none,
 * one is made in the folder. Processes that start at once end up with one key.
 *
 * The variable holds, parted by commas, keys of 32 bytes in base64, ARNs of keys of AWS KMS, names of keys of Google's Cloud
 * KMS, and `file` where those of the data folder are to come sooner than last.
 *
 * @throws CollectError `invalid_input` for a key of another form, `access_denied` where others may read a file
 */
export async function masterKey({ folder, env }: KeyPlace): Promise<MasterKey> {
  const words = wordsOf(env);
  const named = words.includes(ofFolder) ? words : [...words, ofFolder];
  const places = named.map((word) => (word === ofFolder ? undefined : givenKey(word, env)));
  if (!isKeyGiven(env) && (await readKeyFiles(folder)).length === 0) await makeKeyFile(folder, 1);
  return MasterKey.open(async () => {
    const files = (await readKeyFiles(folder)).map(({ key }) => key);
    return places.flatMap((given) => given ?? files);
  });
}

function givenKey(text: string, env: KeyPlace['env']): KeyVersion {
  if (isAwsKmsArn(text)) return awsKmsKey(text, { endpoint: env.AWS_ENDPOINT_URL_KMS });
  // As Google's own command line calls it.
  const endpoint = env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS;
  return isGoogleKmsName(text) ? googleKmsKey(text, { endpoint }) : LocalKey.parse(text, variable);
}

/** Whether the newest key is one that only whoever starts the processes can change. */
export function isKeyGiven(env: KeyPlace['env']): boolean {
  const [newest = ofFolder] = wordsOf(env);
  return newest !== ofFolder;
}

function wordsOf(env: KeyPlace['env']): readonly string[] {
  return (env[variable] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
}
