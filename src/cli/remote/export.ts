import { systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import type { ExportWish } from '#platform/exports/wish.ts';
import type { ExportRow } from '../../server/export-file-api.ts';
import { note } from '../say.ts';
import type { RemoteFleet } from './fleet.ts';
import { patiently } from './patience.ts';

const lookMs = 500;

interface Taking {
  /** Of the requests, too. */
  readonly signal: AbortSignal;
  /** Told how far the file is, while it is made. */
  readonly tell: (row: ExportRow) => void;
}

/**
 * Has a server make a file, waits for it, and takes it. Made or not, it does not stay there.
 *
 * @throws CollectError that the server could not make it; the reason of the signal
 */
export async function* takeExport(
  remote: RemoteFleet,
  wish: ExportWish,
  { signal, tell }: Taking,
): AsyncGenerator<Uint8Array> {
  let file = await remote.makeExport(wish);
  const { id } = file;
  try {
    while (file.state === 'WAITING' || file.state === 'RUNNING') {
      tell(file);
      await systemClock.sleep(lookMs, signal);
      file = await patiently(() => remote.export(id), signal);
    }
    tell(file);
    if (file.state !== 'READY') throw notMade(file, remote.url);
    yield* remote.exportBytes(id);
  } finally {
    await remote.removeExport(id).catch((caught) => {
      if (CollectError.from(caught).code !== 'not_found') note(`Export ${id} stays on the server until it expires.`);
    });
  }
}

function notMade({ error }: ExportRow, url: string): CollectError {
  if (error !== null) return new CollectError(error.code, error.message, { where: url, ...error });
  return new CollectError('conflict', 'somebody canceled the export on the server', { where: url, fix: 'ask again' });
}
