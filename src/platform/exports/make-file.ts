import { CollectError, type ErrorReport, reportOf } from '#model/errors.ts';
import type { ExportFile } from '#store/exports.ts';
import { type ContentSource, contentsOf } from './contents.ts';
import { checkGrowth, type ExportLimits, expiryOf } from './limits.ts';
import { Pieces } from './pieces.ts';
import { ExportWish } from './wish.ts';

/** Of a chunk; the last one of a file may have fewer. */
export const chunkBytes = 262_144;

/** So often it is said how far a file is, and seen whether it is still wanted, in milliseconds. */
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
  const unwanted = new AbortController();
  const signal = AbortSignal.any([context.signal, unwanted.signal]);
  try {
    if (file.broken > mostBroken) throw brokeOff(file.broken);
    await writeChunks({ ...context, signal }, file, () => unwanted.abort());
    return undefined;
  } catch (caught) {
    if (signal.aborted) return undefined;
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

/** @param stop where the attempt was canceled, or taken over: aborts the signal */
async function writeChunks(context: MakeContext, file: ExportFile, stop: () => void): Promise<void> {
  const { store, limits, now, report, signal } = context;
  const contents = contentsOf(context, wishOf(file));
  const total = await contents.count();
  const soFar = { done: 0, rows: 0 };
  const pieces = new Pieces();
  let chunks = 0;

  async function tell(bytes?: Uint8Array): Promise<void> {
    const chunk = bytes === undefined ? undefined : { at: chunks++, bytes };
    if (chunk !== undefined) await checkGrowth(store.exports, limits, { owner: file.owner, bytes: chunk.bytes.length });
    // What is written meanwhile may be among it: what was counted first is no more than an estimate.
    const progress = { ...soFar, total: Math.max(total, soFar.done) };
    if (!(await store.exports.append(file, progress, now(), chunk))) stop();
  }

  await tell();
  {
    // By the clock: servers of which no row comes take their time, too.
    await using _ = repeat(tellMs, () => tell().catch((caught) => report(CollectError.from(caught))));
    for await (const bytes of contents.bytes(soFar, signal)) {
      pieces.add(bytes);
      while (pieces.length >= chunkBytes) await tell(pieces.take(chunkBytes));
    }
  }
  await tell(pieces.length > 0 ? pieces.take(pieces.length) : undefined);
}

function wishOf({ wish }: ExportFile): ExportWish {
  const read = ExportWish.safeParse(wish);
  if (read.success) return read.data;
  throw new CollectError('conflict', 'this release cannot read what was asked for: another one wrote it down', {
    fix: askAgain,
  });
}

/** Does something again and again, once at a time, until it is disposed of. */
function repeat(everyMs: number, act: () => Promise<void>): AsyncDisposable {
  let acting: Promise<void> | undefined;
  const timer = setInterval(() => {
    acting ??= act().finally(() => {
      acting = undefined;
    });
  }, everyMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await acting;
    },
  };
}
