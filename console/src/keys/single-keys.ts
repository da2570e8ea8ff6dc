const storageKey = 'fleetgauge.keys';

/** Whether keys that are one character do something (WCAG 2.1.4). Kept for the page where nothing can be stored. */
let areOn = keptChoice();
const listeners = new Set<() => void>();

export function singleKeysAreOn(): boolean {
  return areOn;
}

export function turnSingleKeys(on: boolean): void {
  areOn = on;
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off');
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** For useSyncExternalStore. */
export function onSingleKeys(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function keptChoice(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}
