import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CollectError } from '#model/errors.ts';
import { makeDataFolder } from '#store/open.ts';
import { LocalKey, newKeyText } from './key-version.ts';

export interface KeyFile {
  readonly path: string;
  /** Counts up; the highest is the newest. */
  readonly version: number;
  readonly key: LocalKey;
}

/** `master.key` is the first version, `master-2.key` the second. */
const fileName = /^master(?:-([1-9]\d{0,8}))?\.key$/;

function pathOf(folder: string, version: number): string {
  return join(folder, version === 1 ? 'master.key' : `master-${version}.key`);
}

/**
 * The keys of a data folder, newest first; empty where there is none.
 *
 * @throws CollectError `invalid_input` for a key of another length, `access_denied` where others may read a file, or we may not
 */
export async function readKeyFiles(folder: string): Promise<KeyFile[]> {
  const versions = (await listFolder(folder)).flatMap((name) => {
    const match = fileName.exec(name);
    return match === null ? [] : [Number(match[1] ?? 1)];
  });
  const files = await Promise.all(
    versions
      .toSorted((a, b) => b - a)
      .map(async (version) => {
        const path = pathOf(folder, version);
        const text = await readPrivate(path);
        return text === undefined ? [] : [{ path, version, key: LocalKey.parse(text, path) }];
      }),
  );
  return files.flat();
}

/**
 * Makes a version of the key, for its owner alone, in one step: where another process makes it too, both end up with that
 * of the first.
 *
 * @throws CollectError `store_failed`
 */
export async function makeKeyFile(folder: string, version: number): Promise<void> {
  const path = pathOf(folder, version);
  await makeDataFolder(folder);
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(aside, 'wx', 0o600);
    try {
      await file.writeFile(`${newKeyText()}\n`);
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
      fix: 'Make the data folder writable for this user, or set FLEETGAUGE_MASTER_KEY.',
      cause,
    });
  }
}

export async function removeKeyFile({ path }: KeyFile): Promise<void> {
  await unlink(path);
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw new CollectError('access_denied', 'the data folder cannot be read', { where: folder, cause });
  }
}

/** The file's text; undefined where it is gone. */
async function readPrivate(path: string): Promise<string | undefined> {
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

function codeOf(caught: unknown): unknown {
  return caught instanceof Error && 'code' in caught ? caught.code : undefined;
}
