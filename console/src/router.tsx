import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { jobsAddress, serverAddress, serversAddress } from './addresses.ts';
import { Frame } from './frame/frame.tsx';
import { JobPage } from './jobs/job-page.tsx';
import { JobsPage } from './jobs/jobs-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { BrokenPage, NothingHere } from './parts/notices.tsx';
import { ServerPage } from './server/server-page.tsx';
import { ServersPage } from './servers/servers-page.tsx';

const root = createRootRoute({ component: Frame, notFoundComponent: NothingHere, errorComponent: BrokenPage });

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

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: jobsAddress,
  component: JobsPage,
});

const job = createRoute({ getParentRoute: () => root, path: '/jobs/$id', component: JobPage });

export function makeRouter() {
  return createRouter({
    routeTree: root.addChildren([overview, servers, server, jobs, job]),
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
