import { Link, type LinkProps, useLocation } from '@tanstack/react-router';
import { isSection } from '../settings/sections.ts';
import { text } from '../text.ts';

/** The pages that others are below, by the first part of their addresses. */
const sections: Readonly<Record<string, { readonly to: NonNullable<LinkProps['to']>; readonly label: string }>> = {
  servers: { to: '/servers', label: text.pages.servers },
  rightsizing: { to: '/rightsizing', label: text.rightsizing.title },
  jobs: { to: '/jobs', label: text.pages.runs },
  errors: { to: '/errors', label: text.errors.title },
  sources: { to: '/sources', label: text.sources.title },
  exports: { to: '/exports', label: text.exports.title },
  accounts: { to: '/accounts', label: text.accounts.title },
  settings: { to: '/settings', label: text.pages.settings },
};

/** Those below that are not one of many. */
const namedPages: Readonly<Record<string, string>> = {
  'accounts/new': text.connect.title,
  'jobs/new': text.collect.title,
  'jobs/schedules': text.schedules.title,
  'rightsizing/policy': text.rightsizing.policyTitle,
};

export function Breadcrumb() {
  const path = useLocation({ select: (location) => location.pathname });
  const [name, id] = path.split('/').filter((part) => part !== '');
  const section = name === undefined ? undefined : sections[name];
  return (
    <nav aria-label={text.frame.breadcrumb} className="breadcrumb">
      {name === undefined && <span aria-current="page">{text.pages.overview}</span>}
      {section !== undefined &&
        (id === undefined ? (
          <span aria-current="page">{section.label}</span>
        ) : (
          <Link to={section.to}>{section.label}</Link>
        ))}
      {id !== undefined && <span aria-current="page">{nameOf(`${name}/${id}`, id)}</span>}
    </nav>
  );
}

function nameOf(path: string, id: string): string {
  const named = namedPages[path];
  if (named !== undefined) return named;
  return path.startsWith('settings/') && isSection(id) ? text.settings.sections[id] : nameOfOne(decodeURIComponent(id));
}

/** Servers and runs have numbers, all else has names. */
function nameOfOne(id: string): string {
  return /^\d+$/.test(id) ? `#${id}` : id;
}
