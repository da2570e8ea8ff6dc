import type { Command } from 'commander';
import { contentsOf } from '#platform/exports/contents.ts';
import type { ExportWish } from '#platform/exports/wish.ts';
import { knownTypes } from '#providers/registry.ts';
import { onInterrupt } from '../interrupt.ts';
import { dataPlace, openData } from '../open-data.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import type { RemoteFleet } from '../remote/fleet.ts';
import { note } from '../say.ts';
import { describeSoFar, type FileSoFar, showProgress } from './export-progress.ts';
import { writeTo } from './export-write.ts';

/** Writes what is wanted to a file, or to stdout where none is named. Ctrl-C leaves no part of a file. */
export async function exportFile(wish: ExportWish, out: string | undefined, command: Command): Promise<void> {
  using interrupt = onInterrupt(() => {});
  const { stopping } = interrupt;
  const remote = await askedFleet(command, stopping);
  if (remote !== undefined) {
    await save(out, fromElsewhere(remote, wish, stopping), stopping);
    return;
  }
  await using data = await openData(dataPlace(command));
  const { store } = data;
  const [newest] = await store.jobs.list({ limit: 1 });
  const source = { store, types: await knownTypes(), demo: newest?.demo ?? false, now: Date.now };
  const contents = contentsOf(source, wish);
  const soFar = { done: 0, total: await contents.count(), rows: 0, bytes: 0 };
  await save(out, { soFar, bytes: contents.bytes(soFar, stopping) }, stopping);
}

interface Saving {
  readonly soFar: FileSoFar;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Servers are sent as they are read; what takes longer is made there first. */
function fromElsewhere(remote: RemoteFleet, wish: ExportWish, signal: AbortSignal): Saving {
  const soFar: FileSoFar = { bytes: 0 };
  if (wish.kind === 'servers') {
    const { format, type, q, columns } = wish;
    return { soFar, bytes: remote.exported({ format, type, q, columns: columns?.join(',') }) };
  }
  return { soFar, bytes: madeElsewhere(remote, wish, soFar, signal) };
}

async function* madeElsewhere(
  remote: RemoteFleet,
  wish: ExportWish,
  soFar: FileSoFar,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { takeExport } = await import('../remote/export.ts');
  yield* takeExport(remote, wish, {
    signal,
    tell: ({ done, total, rows }) => Object.assign(soFar, { done, rows, ...(total === null ? {} : { total }) }),
  });
}

async function save(out: string | undefined, { soFar, bytes }: Saving, signal: AbortSignal): Promise<void> {
  {
    using _ = showProgress(soFar, out === undefined && process.stdout.isTTY === true);
    await writeTo(out, counted(bytes, soFar), signal);
  }
  if (out !== undefined) note(`Wrote ${out}  ${describeSoFar(soFar)}`);
}

async function* counted(bytes: AsyncIterable<Uint8Array>, soFar: FileSoFar): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    soFar.bytes += chunk.length;
    yield chunk;
  }
}
