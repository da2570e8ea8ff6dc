import { inspect } from 'node:util';
import { CollectError } from '#model/errors.ts';
import { awsKmsKey, isAwsKmsArn } from './aws-kms.ts';
import { makeKeyFile, readKeyFiles } from './key-files.ts';
import { type KeyVersion, LocalKey } from './key-version.ts';

const variable = 'FLEETGAUGE_MASTER_KEY';

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
 * The variable holds, parted by commas, keys of 32 bytes in base64 or ARNs of AWS KMS keys.
 *
 * @throws CollectError `invalid_input` for a key of another form, `access_denied` where others may read a file
 */
export async function masterKey({ folder, env }: KeyPlace): Promise<MasterKey> {
  const given = givenKeys(env);
  if (given.length === 0 && (await readKeyFiles(folder)).length === 0) await makeKeyFile(folder, 1);
  return MasterKey.open(async () => [...given, ...(await readKeyFiles(folder)).map(({ key }) => key)]);
}

function givenKeys(env: KeyPlace['env']): KeyVersion[] {
  return (env[variable] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) =>
      isAwsKmsArn(text) ? awsKmsKey(text, { endpoint: env.AWS_ENDPOINT_URL_KMS }) : LocalKey.parse(text, variable),
    );
}

/** Whether the newest key is one that only whoever starts the processes can change. */
export function isKeyGiven(env: KeyPlace['env']): boolean {
  return givenKeys(env).length > 0;
}
