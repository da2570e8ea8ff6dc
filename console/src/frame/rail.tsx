import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Who } from '../session/who.tsx';
import { text } from '../text.ts';
import { GaugeMark } from './gauge-mark.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

export function Rail({ version }: { version: string | undefined }) {
  return (
    <nav className="rail" aria-label={text.frame.main}>
      <Link to="/" className="brand">
        <GaugeMark />
        <span>{text.product}</span>
      </Link>
      <div className="links">
        <ul>
          <RailLink to="/" exact label={text.pages.overview}>
            <path d="M2.5 12.5a6 6 0 1 1 11 0M8 11l2.6-4" />
          </RailLink>
          <RailLink to="/servers" label={text.pages.servers}>
            <path d="M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h1M5 11h1" />
          </RailLink>
          <RailLink to="/rightsizing" label={text.rightsizing.title}>
            <path d="M2.5 13V3M2.5 13h11M5.5 10.5v-6M8.5 10.5v-4M11.5 10.5v-2" />
          </RailLink>
          <RailLink to="/jobs" label={text.pages.runs}>
            <path d="M2.5 4h6M2.5 8h11M2.5 12h8" />
          </RailLink>
          <RailLink to="/errors" label={text.errors.title}>
            <path d="M8 2.5 14 13H2zM8 6.5v3M8 11v.5" />
          </RailLink>
          <RailLink to="/accounts" label={text.accounts.title}>
            <path d="M4.5 12.5a3 3 0 0 1 .3-6 3.6 3.6 0 0 1 6.9.8 2.6 2.6 0 0 1-.4 5.2z" />
          </RailLink>
          <RailLink to="/settings" label={text.pages.settings}>
            <path d="M2.5 5h11M2.5 11h11M10.5 3.5v3M5.5 9.5v3" />
          </RailLink>
        </ul>
      </div>
      <div className="foot">
        <Who />
        <LanguageSwitch />
        <ThemeSwitch />
        {version !== undefined && <small>{text.frame.version(version)}</small>}
      </div>
    </nav>
  );
}

interface RailLinkProps {
  to: '/' | '/servers' | '/rightsizing' | '/jobs' | '/errors' | '/accounts' | '/settings';
  exact?: boolean;
  label: string;
  children: ReactNode;
}

function RailLink({ to, exact = false, label, children }: RailLinkProps) {
  return (
    <li>
      <Link to={to} activeOptions={{ exact, includeSearch: false }}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          {children}
        </svg>
        <span>{label}</span>
      </Link>
    </li>
  );
}
