/** A choice of the reader that the browser keeps: on, or off as it is usually. */
export interface KeptFlag {
  readonly isOn: () => boolean;
  /** For useSyncExternalStore. */
  readonly subscribe: (listener: () => void) => () => void;
  turn(on: boolean): void;
}

/** Kept for the page where nothing can be stored. */
export function keptFlag(storageKey: string): KeptFlag {
  let isOn = false;
  try {
    isOn = localStorage.getItem(storageKey) === 'on';
  } catch {
    // Without storage it is as usual.
  }
  const listeners = new Set<() => void>();
  return {
    isOn: () => isOn,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    turn: (on) => {
      isOn = on;
      try {
        localStorage.setItem(storageKey, on ? 'on' : 'off');
      } catch {
        // Without storage the choice lasts as long as the page.
      }
      for (const listener of listeners) listener();
    },
  };
}
