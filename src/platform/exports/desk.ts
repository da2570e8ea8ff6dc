import { CollectError } from '#model/errors.ts';
import { type MakeContext, makeFile } from './make-file.ts';

/** How long nothing may be heard of whoever makes a file before another takes it up, in milliseconds. */
const silenceMs = 60_000;

/** Between two looks for what other servers were asked for, or left. */
const lookMs = 5_000;

/** Where files are made, one after the other. Any number of processes on one store may have one. */
export interface ExportDesk extends AsyncDisposable {
  /** There is something to do: a file was asked for, or is not wanted any more. */
  wake(): void;
}

/** Opens a desk. What it is at when it is disposed of is left to another, or to the next start. */
export function openDesk(context: Omit<MakeContext, 'signal'>): ExportDesk {
  const { store, now, report } = context;
  const over = new AbortController();
  const { signal } = over;
  let isWoken = false;
  let rise = () => {};

  async function work(): Promise<void> {
    // On a store that only one server has, whoever was at a file is gone.
    let heardBefore = store.cluster === undefined ? now() : now() - silenceMs;
    while (!signal.aborted) {
      isWoken = false;
      try {
        for (;;) {
          const file = await store.exports.claim(now(), heardBefore);
          heardBefore = now() - silenceMs;
          if (file === undefined) break;
          await makeFile({ ...context, signal }, file);
          if (signal.aborted) return;
        }
        await store.exports.sweep(now());
      } catch (caught) {
        report(CollectError.from(caught));
      }
      if (!isWoken && !signal.aborted) await rest();
    }
  }

  function rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, lookMs).unref();
      rise = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const working = work();
  return {
    wake() {
      isWoken = true;
      rise();
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      rise();
      await working;
    },
  };
}
