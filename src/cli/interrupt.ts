/** What Ctrl-C means while a run is under way. */
export interface Interrupt extends Disposable {
  /** First Ctrl-C, or SIGTERM: finish what is in flight, store it, end. */
  readonly stopping: AbortSignal;
  /** Second Ctrl-C: break off. */
  readonly signal: AbortSignal;
}

export function onInterrupt(notify: (text: string) => void): Interrupt {
  const stopping = new AbortController();
  const now = new AbortController();
  const handle = () => {
    if (stopping.signal.aborted) {
      notify('Stopping now.');
      now.abort();
      return;
    }
    notify('Finishing what is in flight. Press Ctrl-C again to stop at once.');
    stopping.abort();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    stopping: stopping.signal,
    signal: now.signal,
    [Symbol.dispose]: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}

/** Resolves when the signal aborts; the process stays alive until then. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
