import { type ServersAddress, serversAddress } from '../addresses.ts';

/** What somebody looks at often, under a name of their own. */
export interface SavedView {
  readonly name: string;
  readonly search: ServersAddress;
}

const storageKey = 'fleetgauge.views';

/** Kept for the page where nothing can be stored. */
let kept = readViews();
const listeners = new Set<() => void>();

export function savedViews(): readonly SavedView[] {
  return kept;
}

/** In place of one of the same name. */
export function saveView(view: SavedView): void {
  keep([...kept.filter(({ name }) => name !== view.name), view]);
}

export function removeView(name: string): void {
  keep(kept.filter((view) => view.name !== name));
}

/** For useSyncExternalStore. */
export function onSavedViews(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function keep(views: readonly SavedView[]): void {
  kept = views;
  try {
    localStorage.setItem(storageKey, JSON.stringify(views.map(({ name, search }) => [name, search])));
  } catch {
    // Without storage a view lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

function readViews(): readonly SavedView[] {
  try {
    return viewsOf(JSON.parse(localStorage.getItem(storageKey) ?? '[]'));
  } catch {
    return [];
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
