import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SessionReply } from '../../../src/server/identity-api.ts';
import { NothingHere } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useSession } from '../session/session.ts';
import { text } from '../text.ts';
import { AboutSection } from './about-section.tsx';
import { AccountSection } from './account-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { BudgetSection } from './budget-section.tsx';
import { CollectionSection } from './collection-section.tsx';
import { DataSection } from './data-section.tsx';
import { isSection, type Section, sectionsFor } from './sections.ts';
import { UsersSection } from './users-section.tsx';

const route = getRouteApi('/settings/$section');

export function SettingsPage() {
  const { section } = route.useParams();
  const session = useSession();
  usePageTitle(text.pages.settings);
  if (!isSection(section)) return <NothingHere />;
  const offered = sectionsFor(session);
  return (
    <div className="settings">
      <header className="page-head">
        <h1>{text.pages.settings}</h1>
      </header>
      <nav className="tabs" aria-label={text.settings.list}>
        {offered.map((name) => (
          <Link key={name} to="/settings/$section" params={{ section: name }} activeOptions={{ includeSearch: false }}>
            {text.settings.sections[name]}
          </Link>
        ))}
      </nav>
      {offered.includes(section) ? sectionOf(section, session) : <Closed section={section} session={session} />}
    </div>
  );
}

function sectionOf(section: Section, session: SessionReply | undefined): ReactNode {
  switch (section) {
    case 'appearance':
      return <AppearanceSection />;
    case 'account':
      return session !== undefined && <AccountSection session={session} />;
    case 'collection':
      return <CollectionSection />;
    case 'data':
      return <DataSection />;
    case 'budget':
      return <BudgetSection />;
    case 'users':
      return <UsersSection />;
    case 'about':
      return <AboutSection />;
  }
}

/** A link of somebody who may more led here. */
function Closed({ section, session }: { section: Section; session: SessionReply | undefined }) {
  if (session?.role == null || section !== 'users') return <NothingHere />;
  return (
    <div className="notice">
      <h2>{text.settings.closed}</h2>
      <p>{text.settings.closedFix(text.roles.admin, text.roles[session.role])}</p>
    </div>
  );
}
