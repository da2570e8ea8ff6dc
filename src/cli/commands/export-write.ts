import { resolve } from 'node:path';
import { CollectError } from '#model/errors.ts';
import { writeWhole } from '../write-whole.ts';

/** What it leads to may be a file that others have written to before: it is no other file for us. */
const namedStdout = '/dev/stdout';

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
    const wanted = until(signal, bytes);
    if (out === undefined || out === namedStdout) await writeOut(wanted);
    else await writeWhole(resolve(out), wanted);
  } catch (caught) {
    if (!signal.aborted) throw caught;
    throw new CollectError('cancelled', 'the export was broken off before its end', {
      ...(out === undefined ? {} : { where: out }),
      cause: caught,
    });
  }
}

async function* until(signal: AbortSignal, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    yield chunk;
  }
  signal.throwIfAborted();
}

/** Waits for a reader that is slow; one that has gone ends it. */
async function writeOut(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
}
