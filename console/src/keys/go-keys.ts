import { text } from '../text.ts';

/** What comes after `g`, and where it leads. */
export const goKeys = {
  o: { to: '/', page: text.pages.overview },
  s: { to: '/servers', page: text.pages.servers },
  c: { to: '/jobs', page: text.pages.runs },
  r: { to: '/rightsizing', page: text.rightsizing.title },
  e: { to: '/errors', page: text.errors.title },
  a: { to: '/accounts', page: text.accounts.title },
  ',': { to: '/settings', page: text.pages.settings },
} as const;

type GoKey = keyof typeof goKeys;

export function isGoKey(key: string): key is GoKey {
  return Object.hasOwn(goKeys, key);
}
