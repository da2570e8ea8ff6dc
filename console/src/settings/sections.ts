import type { SessionReply } from '../../../src/server/identity-api.ts';

const sections = ['appearance', 'account', 'collection', 'budget', 'users', 'data', 'about'] as const;
export type Section = (typeof sections)[number];

export function isSection(name: string): name is Section {
  return sections.some((section) => section === name);
}

/** Those that are there for whoever asks: an account only where somebody signed in, users for admins. */
export function sectionsFor(session: SessionReply | undefined): readonly Section[] {
  return sections.filter((section) => {
    if (section === 'account') return session?.user != null;
    return section === 'users' ? session?.role === 'admin' : true;
  });
}

export interface SettingsAddress {
  /** The id of the user who is shown. */
  readonly user?: string;
}

export function settingsAddress({ user }: Record<string, unknown>): SettingsAddress {
  return typeof user === 'string' && user !== '' ? { user } : {};
}
