import { hash, randomBytes } from 'node:crypto';
import { link, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CollectError } from '#model/errors.ts';
import { makeDataFolder } from '#store/open.ts';

const keyBytes = 32;
const variable = 'FLEETGAUGE_MASTER_KEY';
const keyFile = 'master.key';

/** What seals all secrets. Prints, logs and serialises as its id. */
export class MasterKey {
  /** Sixteen hex digits that tell keys apart and say nothing of the key. */
  readonly id: string;
  readonly #bytes: Uint8Array;

  /** @param bytes 32 */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.id = hash('sha256', Buffer.concat([Buffer.from('fleetgauge master key id\0'), bytes]), 'hex').slice(0, 16);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  toJSON(): string {
    return `master key ${this.id}`;
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}

/**
 * The master key: from `FLEETGAUGE_MASTER_KEY`, or from `master.key` in the data folder, which is made at the first call.
 * Processes that start at once end up with one key.
 *
 * @throws CollectError `invalid_input` for a key of another length, `access_denied` where others may read the file
 */
export async function masterKey({
  folder,
  env,
}: {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<MasterKey> {
  const given = env[variable];
  if (given !== undefined && given !== '') return keyOf(given, variable);
  const path = join(folder, keyFile);
  const stored = (await readKey(path)) ?? (await makeKey(folder, path));
  return keyOf(stored, path);
}

/** The file's text; undefined where there is none. */
async function readKey(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new CollectError('access_denied', 'the master key can be read by other users', {
        where: path,
        fix: `chmod 600 ${path}`,
      });
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof CollectError) throw cause;
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new CollectError('access_denied', 'the master key cannot be read', {
      where: path,
      fix: 'Let this user own the file, with mode 600.',
      cause,
    });
  }
}

/** Writes a whole file aside and links it into place: whoever comes second finds a key, and takes that one. */
async function makeKey(folder: string, path: string): Promise<string> {
  await makeDataFolder(folder);
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(aside, 'wx', 0o600);
    try {
      await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await link(aside, path);
      await syncFolder(folder);
    } catch (caught) {
      if (codeOf(caught) !== 'EEXIST') throw caught;
    } finally {
      await unlink(aside);
    }
  } catch (cause) {
    throw new CollectError('store_failed', 'the master key cannot be made', {
      where: path,
      fix: `Make the data folder writable for this user, or set ${variable}.`,
      cause,
    });
  }
  const made = await readKey(path);
  if (made !== undefined) return made;
  throw new CollectError('store_failed', 'the master key vanished while it was made', { where: path });
}

/** A sealed secret must not outlive its key in a power cut. Windows cannot open folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function keyOf(text: string, where: string): MasterKey {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, 'base64');
  if (bytes.length === keyBytes && /^[A-Za-z0-9+/_-]+=*$/.test(trimmed)) return new MasterKey(bytes);
  throw new CollectError('invalid_input', `the master key must be ${keyBytes} bytes in base64`, {
    where,
    fix: 'Make one with: openssl rand -base64 32',
  });
}

function codeOf(caught: unknown): unknown {
  return caught instanceof Error && 'code' in caught ? caught.code : undefined;
}
