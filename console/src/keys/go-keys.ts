import { text } from '../text.ts';

/** What comes after `g`, and where it leads. */
export const goKeys = {
  o: { to: '/', page: text.pages.overview },
  s: { to: '/servers', page: text.pages.servers },
  c: { to: '/jobs', page: text.pages.runs },
  r: { to: '/rightsizing', page: text.rightsizing.title },
  e: { to: '/errors', page: text.errors.title },
  d: { to: '/sources', page: text.sources.title },
  f: { to: '/exports', page: text.exports.title },
  a: { to: '/accounts', page: text.accounts.title },
  ',': { to: '/settings', page: text.pages.settings },
} as const;

type GoKey = keyof typeof goKeys;

export function isGoKey(key: string): key is GoKey {
  return Object.hasOwn(goKeys, key);
}

/** All pages that are gone to without more words: those with a key, and those below them. */
export const knownPages = [
  ...Object.values(goKeys),
  { to: '/rightsizing/policy', page: text.rightsizing.policyTitle },
  { to: '/jobs/new', page: text.collect.title },
  { to: '/jobs/schedules', page: text.schedules.title },
  { to: '/accounts/new', page: text.connect.title },
] as const;
