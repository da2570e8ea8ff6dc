import { exitCodes } from './exit-codes.ts';

/** What Ctrl-C means while a run is under way. */
export interface Interrupt extends Disposable {
  /** First Ctrl-C, or SIGTERM: finish what is in flight, store it, end. */
  readonly stopping: AbortSignal;
  /** Second Ctrl-C: break off. Where nobody has asked for it by then, that ends this process, as a third one always does. */
  readonly signal: AbortSignal;
}

export function onInterrupt(notify: (text: string) => void): Interrupt {
  const stopping = new AbortController();
  let now: AbortController | undefined;
  const handle = () => {
    if (!stopping.signal.aborted) {
      notify('Finishing what is in flight. Press Ctrl-C again to stop at once.');
      stopping.abort();
      return;
    }
    notify('Stopping now.');
    if (now === undefined || now.signal.aborted) endAtOnce();
    else now.abort();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    stopping: stopping.signal,
    get signal() {
      now ??= new AbortController();
      return now.signal;
    },
    [Symbol.dispose]: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}

/** As Ctrl-C does where nobody minds it: `process.exit` would wait for what hangs in the file system, such as a pipe that nobody reads. */
function endAtOnce(): void {
  process.emit('exit', exitCodes.interrupted);
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}

/** Resolves when the signal aborts; the process stays alive until then. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
