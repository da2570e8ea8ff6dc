import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CollectError } from '#model/errors.ts';

const ownersAlone = 0o600;

type Content = string | AsyncIterable<Uint8Array>;

/**
 * Gives a file its name once all of it is on disk; what bore the name before stays until then, and a link stays one. What is no file,
 * such as a pipe, is written to as it is.
 *
 * @param mode of the file; where absent as it was, or its owner's alone
 * @throws CollectError `invalid_input` where it cannot be written; whatever the content throws
 */
export async function writeWhole(file: string, content: Content, mode?: number): Promise<void> {
  const before = await onDisk(file, () => stat(file).catch(unlessAbsent));
  if (before !== undefined && !before.isFile()) {
    await using handle = await onDisk(file, () => open(file, 'w'));
    await pour(content, handle, file);
    return;
  }
  const target = await onDisk(file, () => targetOf(file));
  const aside = `${target}.${randomBytes(6).toString('hex')}`;
  const handle = await onDisk(file, () => open(aside, 'wx', ownersAlone));
  try {
    try {
      await pour(content, handle, file);
      await onDisk(file, async () => {
        // Only root can give a file away; whoever cannot keeps it.
        if (before !== undefined) await handle.chown(before.uid, before.gid).catch(() => {});
        await handle.chmod(mode ?? (before === undefined ? ownersAlone : before.mode & 0o777));
        await handle.sync();
      });
    } finally {
      await handle.close();
    }
    await onDisk(file, () => rename(aside, target));
  } catch (caught) {
    await rm(aside, { force: true });
    throw caught;
  }
  if (process.platform !== 'win32') await onDisk(file, () => syncFolder(dirname(target)));
}

async function pour(content: Content, handle: FileHandle, file: string): Promise<void> {
  if (typeof content === 'string') return onDisk(file, () => handle.writeFile(content));
  for await (const chunk of content) await onDisk(file, () => handle.writeFile(chunk));
}

/** What a name stands for: where a link leads, if only to nothing yet. */
async function targetOf(file: string): Promise<string> {
  const target = await realpath(file).catch(unlessAbsent);
  if (target !== undefined) return target;
  const link = await readlink(file).catch(() => undefined);
  return link === undefined ? file : targetOf(resolve(dirname(file), link));
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder);
  await handle.sync();
}

async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new CollectError('invalid_input', 'the file cannot be written', { where: file, cause });
  }
}

function unlessAbsent(caught: unknown): undefined {
  if (caught instanceof Error && 'code' in caught && caught.code === 'ENOENT') return undefined;
  throw caught;
}
