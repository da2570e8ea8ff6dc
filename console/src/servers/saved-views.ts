import { type ServersAddress, serversAddress } from '../addresses.ts';

/** What somebody looks at often, under a name of their own. */
export interface SavedView {
  readonly name: string;
  readonly search: ServersAddress;
}

const storageKey = 'fleetgauge.views';

let kept: readonly SavedView[] = [];
/** Where it could not be stored, what is stored is older than what this page keeps. */
let isStored = true;
const listeners = new Set<() => void>();
kept = readViews();

export function savedViews(): readonly SavedView[] {
  return kept;
}

/** In place of one of the same name. */
export function saveView(view: SavedView): void {
  keep([...readViews().filter(({ name }) => name !== view.name), view]);
}

export function removeView(name: string): void {
  keep(readViews().filter((view) => view.name !== name));
}

/** For useSyncExternalStore; tells what other tabs save, too. */
export function onSavedViews(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('storage', readAgain);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener('storage', readAgain);
  };
}

function readAgain({ key }: StorageEvent): void {
  if (key !== storageKey && key !== null) return;
  kept = readViews();
  for (const listener of listeners) listener();
}

function keep(views: readonly SavedView[]): void {
  kept = views;
  try {
    localStorage.setItem(storageKey, JSON.stringify(views.map(({ name, search }) => [name, search])));
    isStored = true;
  } catch {
    // Without storage a view lasts as long as the page.
    isStored = false;
  }
  for (const listener of listeners) listener();
}

/** What is stored now, as another tab may have written; where nothing can be stored, what this page keeps. */
function readViews(): readonly SavedView[] {
  if (!isStored) return kept;
  try {
    return viewsOf(JSON.parse(localStorage.getItem(storageKey) ?? '[]'));
  } catch {
    return kept;
  }
}

/** Of what was stored, by us or by somebody else, what is a view. */
export function viewsOf(stored: unknown): readonly SavedView[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((pair: unknown) => {
    const [name, search]: unknown[] = Array.isArray(pair) ? pair : [];
    if (typeof name !== 'string' || name === '' || typeof search !== 'object' || search === null) return [];
    return [{ name, search: serversAddress({ ...search }) }];
  });
}
