import { CollectError } from '#model/errors.ts';

/** SQLite's primary result codes that a user can do something about: https://sqlite.org/rescode.html */
const known: Readonly<Record<number, { message: string; fix: string }>> = {
  5: {
    message: 'the store stayed busy for 10 seconds',
    fix: 'Another fleetgauge process is writing to it without pause; try again when it is done.',
  },
  8: { message: 'the store is read-only', fix: 'Make the data folder and its files writable for this user.' },
  10: { message: 'the disk refused a read or write', fix: 'Check the disk and its file system.' },
  11: { message: 'the store is damaged', fix: 'Stop fleetgauge and restore fleetgauge.db from a backup.' },
  13: { message: 'the disk is full', fix: 'Free some space or move the data folder; nothing half-written was kept.' },
  14: {
    message: 'the store cannot be opened',
    fix: 'Check that the data folder exists and is writable for this user.',
  },
  26: { message: 'the file is not a fleetgauge store', fix: 'Choose another data folder, or move the file away.' },
};

const busy = 5;
const constraint = 19;
const uniqueConstraints = new Set([1555, 2067]);

/** `errcode` is SQLite's extended result code; its low byte is the primary one. */
function extendedCodeOf(caught: unknown): number | undefined {
  if (!(caught instanceof Error) || !('errcode' in caught)) return undefined;
  return typeof caught.errcode === 'number' ? caught.errcode : undefined;
}

export function isBusy(caught: unknown): boolean {
  const code = extendedCodeOf(caught instanceof CollectError ? caught.cause : caught);
  return code !== undefined && (code & 0xff) === busy;
}

/**
 * What SQLite threw, in words: `conflict` where a unique name or identity is taken, `store_failed` else.
 *
 * @param path the database file
 */
export function storeError(caught: unknown, path: string): CollectError {
  if (caught instanceof CollectError) return caught;
  const detail = caught instanceof Error ? caught.message : String(caught);
  const code = extendedCodeOf(caught);
  if (code !== undefined && uniqueConstraints.has(code)) {
    return new CollectError('conflict', `already in the store: ${detail}`, { where: path, cause: caught });
  }
  const primary = code === undefined ? undefined : code & 0xff;
  if (primary === constraint) {
    return new CollectError('store_failed', `the store refused a row: ${detail}`, { where: path, cause: caught });
  }
  const told = primary === undefined ? undefined : known[primary];
  if (told === undefined) {
    return new CollectError('store_failed', `the store failed: ${detail}`, { where: path, cause: caught });
  }
  return new CollectError('store_failed', `${told.message} (${detail})`, { where: path, fix: told.fix, cause: caught });
}
