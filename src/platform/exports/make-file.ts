import { CollectError, type ErrorReport, reportOf } from '#model/errors.ts';
import type { ExportFile } from '#store/exports.ts';
import { type ContentSource, contentsOf } from './contents.ts';
import { checkGrowth, type ExportLimits, expiryOf } from './limits.ts';
import { ExportWish } from './wish.ts';

/** Of a chunk; the last one of a file may have fewer. */
export const chunkBytes = 262_144;

/** At least so often it is said how far a file is, in milliseconds of the machine's own clock. */
const tellMs = 1_000;

/** Attempts that may end with the process that made them. */
const mostBroken = 2;

export interface MakeContext extends ContentSource {
  readonly limits: ExportLimits;
  /** Told of each failure that is ours; whoever asked for the file is told no more than that there was one. */
  readonly report: (error: CollectError) => void;
  /** Leaves the file to whoever takes it up next. */
  readonly signal: AbortSignal;
}

/** Makes a file that was claimed, or says why there is none. @throws CollectError `store_failed` */
export async function makeFile(context: MakeContext, file: ExportFile): Promise<void> {
  const { store, limits, now, signal } = context;
  const error = await failureOf(context, file);
  if (signal.aborted) await store.exports.release(file);
  else await store.exports.finish(file, now(), expiryOf(limits, now()), error);
}

async function failureOf(context: MakeContext, file: ExportFile): Promise<ErrorReport | undefined> {
  try {
    if (file.broken > mostBroken) throw brokeOff(file.broken);
    await writeChunks(context, file);
    return undefined;
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'conflict' || error.code === 'invalid_query') return reportOf(error);
    if (error.code === 'store_failed') throw error;
    context.report(error);
    return { code: 'internal', message: 'the file could not be made', fix: `${askAgain} The server's log says more.` };
  }
}

const askAgain = 'Ask for it again.';

function brokeOff(times: number): CollectError {
  return new CollectError('conflict', `the server ended ${times} times while it made this file`, {
    fix: `${askAgain} If it ends again, narrow the filter.`,
  });
}

async function writeChunks(context: MakeContext, file: ExportFile): Promise<void> {
  const { store, limits, now, signal } = context;
  const contents = contentsOf(context, ExportWish.parse(file.wish));
  const total = await contents.count();
  const soFar = { done: 0, rows: 0 };
  const pieces = new Pieces();
  let chunks = 0;
  let toldAt = Number.NEGATIVE_INFINITY;

  /** @returns whether to go on */
  async function tell(bytes?: Uint8Array): Promise<boolean> {
    toldAt = performance.now();
    const chunk = bytes === undefined ? undefined : { at: chunks++, bytes };
    if (chunk !== undefined) await checkGrowth(store.exports, limits, { owner: file.owner, bytes: chunk.bytes.length });
    // What is written meanwhile may be among it: what was counted first is no more than an estimate.
    return store.exports.append(file, { ...soFar, total: Math.max(total, soFar.done) }, now(), chunk);
  }

  for await (const bytes of contents.bytes(soFar)) {
    if (signal.aborted) return;
    pieces.add(bytes);
    while (pieces.length >= chunkBytes) if (!(await tell(pieces.take(chunkBytes)))) return;
    if (performance.now() - toldAt >= tellMs && !(await tell())) return;
  }
  if (signal.aborted) return;
  await tell(pieces.length > 0 ? pieces.take(pieces.length) : undefined);
}

/** Bytes that come in pieces of any length, and go in others. */
class Pieces {
  #pieces: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.length += bytes.length;
  }

  /** @param length as many as there are, at most */
  take(length: number): Uint8Array {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = length < all.length ? [all.subarray(length)] : [];
    this.length -= length;
    return all.subarray(0, length);
  }
}
