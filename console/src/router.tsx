import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
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
import { ErrorsPage } from './errors/errors-page.tsx';
import { Frame } from './frame/frame.tsx';
import { JobPage } from './jobs/job-page.tsx';
import { JobsPage } from './jobs/jobs-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { BrokenPage, NothingHere } from './parts/notices.tsx';
import { RightsizingPage } from './rightsizing/rightsizing-page.tsx';
import { ServerPage } from './server/server-page.tsx';
import { ServersPage } from './servers/servers-page.tsx';
import { loginPath, passSignedIn, signInFirst } from './session/gate.ts';
import { loginAddress } from './session/login-address.ts';
import { settingsAddress } from './settings/sections.ts';

/** What a first look needs comes at once; other pages come as somebody goes there, before they are shown. */
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
  component: lazyRouteComponent(() => import('./session/login-page.tsx'), 'LoginPage'),
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
  component: lazyRouteComponent(() => import('./rightsizing/policy-page.tsx'), 'PolicyPage'),
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
  component: lazyRouteComponent(() => import('./collect/collect-page.tsx'), 'CollectPage'),
});

const schedules = createRoute({
  getParentRoute: () => root,
  path: '/jobs/schedules',
  component: lazyRouteComponent(() => import('./collect/schedules-page.tsx'), 'SchedulesPage'),
});

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
  component: lazyRouteComponent(() => import('./sources/sources-page.tsx'), 'SourcesPage'),
});

const source = createRoute({
  getParentRoute: () => root,
  path: '/sources/$id',
  validateSearch: sourceAddress,
  component: lazyRouteComponent(() => import('./sources/source-page.tsx'), 'SourcePage'),
});

const exports = createRoute({
  getParentRoute: () => root,
  path: '/exports',
  validateSearch: exportsAddress,
  component: lazyRouteComponent(() => import('./exports/exports-page.tsx'), 'ExportsPage'),
});

const accounts = createRoute({
  getParentRoute: () => root,
  path: '/accounts',
  component: lazyRouteComponent(() => import('./accounts/accounts-page.tsx'), 'AccountsPage'),
});

const connect = createRoute({
  getParentRoute: () => root,
  path: '/accounts/new',
  validateSearch: connectAddress,
  component: lazyRouteComponent(() => import('./accounts/connect-page.tsx'), 'ConnectPage'),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/accounts/$id',
  component: lazyRouteComponent(() => import('./accounts/account-page.tsx'), 'AccountPage'),
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
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
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
      account,
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
