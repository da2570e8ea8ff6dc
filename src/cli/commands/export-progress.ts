import { formatCount, plural } from '../format.ts';
import { progressForm } from '../say.ts';

/** How far a file is; what is not known is absent. */
export interface FileSoFar {
  /** Servers that were read. */
  done?: number;
  /** Servers that will be. */
  total?: number;
  rows?: number;
  /** That came here. */
  bytes: number;
}

const redrawMs = 250;
const plainEveryMs = 5_000;

/**
 * Shows on stderr how far a file is, as long as it is not disposed of: a line that redraws itself on a terminal, one line after the
 * other elsewhere.
 *
 * @param shares whether the data go to the same terminal
 */
export function showProgress(soFar: Readonly<FileSoFar>, shares: boolean): Disposable {
  const form = progressForm();
  if (form === 'none' || shares) return { [Symbol.dispose]: () => {} };
  const stream = process.stderr;
  const inPlace = (form === 'auto' || form === 'tty') && stream.isTTY === true;
  const erase = (): void => {
    if (!inPlace) return;
    stream.cursorTo(0);
    stream.clearLine(1);
  };
  const tell = (): void => {
    erase();
    const text = form === 'json' ? JSON.stringify(eventOf(soFar)) : describeSoFar(soFar);
    stream.write(inPlace ? text : `${text}\n`);
  };
  const timer = setInterval(tell, inPlace ? redrawMs : plainEveryMs).unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      erase();
    },
  };
}

function eventOf({ done, total, rows, bytes }: FileSoFar) {
  return { event: 'progress', servers: done, of_servers: total, rows, bytes };
}

export function describeSoFar({ done, total, rows, bytes }: FileSoFar): string {
  return [
    ...(done === undefined
      ? []
      : [total === undefined ? plural(done, 'server') : `${formatCount(done)}/${plural(total, 'server')}`]),
    ...(rows === undefined ? [] : [plural(rows, 'row')]),
    plural(bytes, 'byte'),
  ].join(' · ');
}
