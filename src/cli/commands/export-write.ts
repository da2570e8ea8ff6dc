import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CollectError } from '#model/errors.ts';

/**
 * Writes bytes to a file, or to stdout where none is named.
 *
 * @throws CollectError `cancelled` once the signal is aborted: there is no file then
 */
export async function writeTo(
  out: string | undefined,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (out === undefined) await writeOut(bytes, signal);
    else await writeWhole(resolve(out), bytes, signal);
  } catch (caught) {
    if (!signal.aborted) throw caught;
    throw new CollectError('cancelled', 'the export was broken off before its end', {
      ...(out === undefined ? {} : { where: out }),
      cause: caught,
    });
  }
}

/** Waits for a reader that is slow; one that has gone ends it. */
async function writeOut(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** Gives a file its name once all of it is on disk; what bore the name before stays until then. */
async function writeWhole(file: string, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(aside, 'wx', 0o600);
    try {
      for await (const chunk of bytes) {
        signal.throwIfAborted();
        await handle.writeFile(chunk);
      }
      signal.throwIfAborted();
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (cause) {
    await rm(aside, { force: true });
    if (cause instanceof CollectError) throw cause;
    throw new CollectError('invalid_input', 'the file cannot be written', { where: file, cause });
  }
  if (process.platform !== 'win32') await syncFolder(dirname(file));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
