import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { text } from '../text.ts';
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
          <RailLink to="/jobs" label={text.pages.runs}>
            <path d="M2.5 4h6M2.5 8h11M2.5 12h8" />
          </RailLink>
        </ul>
      </div>
      <div className="foot">
        <LanguageSwitch />
        <ThemeSwitch />
        {version !== undefined && <small>{text.frame.version(version)}</small>}
      </div>
    </nav>
  );
}

interface RailLinkProps {
  to: '/' | '/servers' | '/jobs';
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

function GaugeMark() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="mark">
      <path className="dial" d="M4.2 18a9 9 0 1 1 15.6 0" />
      <path className="hand" d="M12 15.5 16.4 8.4" />
    </svg>
  );
}
