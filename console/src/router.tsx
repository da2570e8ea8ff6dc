import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { AccountsPage } from './accounts/accounts-page.tsx';
import { ConnectPage } from './accounts/connect-page.tsx';
import {
  collectAddress,
  connectAddress,
  errorsAddress,
  exportsAddress,
  jobAddress,
  jobsAddress,
  rightsizingAddress,
  serverAddress,
  serversAddress,
  sourceAddress,
  sourcesAddress,
} from './addresses.ts';
import { CollectPage } from './collect/collect-page.tsx';
import { SchedulesPage } from './collect/schedules-page.tsx';
import { ErrorsPage } from './errors/errors-page.tsx';
import { ExportsPage } from './exports/exports-page.tsx';
import { Frame } from './frame/frame.tsx';
import { JobPage } from './jobs/job-page.tsx';
import { JobsPage } from './jobs/jobs-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { BrokenPage, NothingHere } from './parts/notices.tsx';
import { PolicyPage } from './rightsizing/policy-page.tsx';
import { RightsizingPage } from './rightsizing/rightsizing-page.tsx';
import { ServerPage } from './server/server-page.tsx';
import { ServersPage } from './servers/servers-page.tsx';
import { loginPath, passSignedIn, signInFirst } from './session/gate.ts';
import { loginAddress } from './session/login-address.ts';
import { LoginPage } from './session/login-page.tsx';
import { settingsAddress } from './settings/sections.ts';
import { SettingsPage } from './settings/settings-page.tsx';
import { SourcePage } from './sources/source-page.tsx';
import { SourcesPage } from './sources/sources-page.tsx';

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Frame,
  notFoundComponent: NothingHere,
  errorComponent: BrokenPage,
  beforeLoad: ({ context, location }) => signInFirst(context.queries, location),
});

const login = createRoute({
  getParentRoute: () => root,
  path: loginPath,
  validateSearch: loginAddress,
  beforeLoad: ({ context, search }) => passSignedIn(context.queries, search.next),
  component: LoginPage,
});

const overview = createRoute({ getParentRoute: () => root, path: '/', component: OverviewPage });

const servers = createRoute({
  getParentRoute: () => root,
  path: '/servers',
  validateSearch: serversAddress,
  component: ServersPage,
});

const server = createRoute({
  getParentRoute: () => root,
  path: '/servers/$id',
  validateSearch: serverAddress,
  component: ServerPage,
});

const rightsizing = createRoute({
  getParentRoute: () => root,
  path: '/rightsizing',
  validateSearch: rightsizingAddress,
  component: RightsizingPage,
});

const rightsizingPolicy = createRoute({
  getParentRoute: () => root,
  path: '/rightsizing/policy',
  component: PolicyPage,
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: jobsAddress,
  component: JobsPage,
});

const collect = createRoute({
  getParentRoute: () => root,
  path: '/jobs/new',
  validateSearch: collectAddress,
  component: CollectPage,
});

const schedules = createRoute({ getParentRoute: () => root, path: '/jobs/schedules', component: SchedulesPage });

const errors = createRoute({
  getParentRoute: () => root,
  path: '/errors',
  validateSearch: errorsAddress,
  component: ErrorsPage,
});

const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  validateSearch: sourcesAddress,
  component: SourcesPage,
});

const source = createRoute({
  getParentRoute: () => root,
  path: '/sources/$id',
  validateSearch: sourceAddress,
  component: SourcePage,
});

const exports = createRoute({
  getParentRoute: () => root,
  path: '/exports',
  validateSearch: exportsAddress,
  component: ExportsPage,
});

const accounts = createRoute({ getParentRoute: () => root, path: '/accounts', component: AccountsPage });

const connect = createRoute({
  getParentRoute: () => root,
  path: '/accounts/new',
  validateSearch: connectAddress,
  component: ConnectPage,
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$id',
  validateSearch: jobAddress,
  component: JobPage,
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/$section', params: { section: 'appearance' }, replace: true });
  },
});

const settingsSection = createRoute({
  getParentRoute: () => root,
  path: '/settings/$section',
  validateSearch: settingsAddress,
  component: SettingsPage,
});

export function makeRouter(queries: QueryClient) {
  return createRouter({
    context: { queries },
    routeTree: root.addChildren([
      overview,
      servers,
      server,
      rightsizing,
      rightsizingPolicy,
      jobs,
      collect,
      schedules,
      job,
      errors,
      sources,
      source,
      exports,
      accounts,
      connect,
      login,
      settings,
      settingsSection,
    ]),
    scrollRestoration: true,
    // An address that people read and type: `?account=111111111111` is text, and no JSON.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const pairs = Object.entries(search).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, String(value)]],
      );
      return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
    },
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
