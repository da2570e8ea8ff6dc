import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { text } from '../text.ts';

/** Where one can go, in the three things that people come for. */
export function RailLinks() {
  const { groups } = text.frame;
  return (
    <div className="links">
      <RailGroup name={groups.observe}>
        <RailLink to="/" exact label={text.pages.overview} isFirst>
          <path d="M2.5 12.5a6 6 0 1 1 11 0M8 11l2.6-4" />
        </RailLink>
        <RailLink to="/servers" label={text.pages.servers} isFirst>
          <path d="M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h1M5 11h1" />
        </RailLink>
        <RailLink to="/errors" label={text.errors.title}>
          <path d="M8 2.5 14 13H2zM8 6.5v3M8 11v.5" />
        </RailLink>
      </RailGroup>
      <RailGroup name={groups.act}>
        <RailLink to="/rightsizing" label={text.rightsizing.title} isFirst>
          <path d="M2.5 13V3M2.5 13h11M5.5 10.5v-6M8.5 10.5v-4M11.5 10.5v-2" />
        </RailLink>
        <RailLink to="/jobs" label={text.pages.runs} isFirst>
          <path d="M2.5 4h6M2.5 8h11M2.5 12h8" />
        </RailLink>
        <RailLink to="/exports" label={text.exports.title}>
          <path d="M8 2.5v7M5 7l3 3 3-3M2.5 10.5v3h11v-3" />
        </RailLink>
      </RailGroup>
      <RailGroup name={groups.connect}>
        <RailLink to="/accounts" label={text.accounts.title}>
          <path d="M4.5 12.5a3 3 0 0 1 .3-6 3.6 3.6 0 0 1 6.9.8 2.6 2.6 0 0 1-.4 5.2z" />
        </RailLink>
        <RailLink to="/sources" label={text.sources.title}>
          <path d="M2.5 11.5h3v2h-3zM6.5 7.5h3v6h-3zM10.5 2.5h3v11h-3z" />
        </RailLink>
        <RailLink to="/settings" label={text.pages.settings}>
          <path d="M2.5 5h11M2.5 11h11M10.5 3.5v3M5.5 9.5v3" />
        </RailLink>
      </RailGroup>
    </div>
  );
}

function RailGroup({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="rail-group">
      <small aria-hidden="true">{name}</small>
      <ul aria-label={name}>{children}</ul>
    </div>
  );
}

interface RailLinkProps {
  readonly to: NonNullable<LinkProps['to']>;
  readonly exact?: boolean;
  readonly label: string;
  /** There on a narrow screen, too, where the others are in a sheet. */
  readonly isFirst?: boolean;
  readonly children: ReactNode;
}

function RailLink({ to, exact = false, label, isFirst = false, children }: RailLinkProps) {
  return (
    <li className={isFirst ? 'first' : undefined}>
      <Link to={to} activeOptions={{ exact, includeSearch: false }} title={label}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          {children}
        </svg>
        <span>{label}</span>
      </Link>
    </li>
  );
}
