import type { Role } from '#store/identity.ts';

/** Who may use a route: anybody; anybody, but the route is told who it is; those who have this role or a stronger one. */
export type Access = 'public' | 'anyone' | Role;

/**
 * Who may use which route. A route that is not here is refused, whoever asks. HEAD goes with GET.
 *
 * `/*` are the files of the console, which say nothing about the fleet.
 */
export const access: Readonly<Record<string, Access>> = {
  'GET /*': 'public',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /.well-known/jwks.json': 'public',

  'GET /api/session': 'anyone',
  'POST /api/login': 'public',
  'GET /api/login/oidc': 'public',
  'GET /api/login/oidc/callback': 'public',
  'POST /api/logout': 'viewer',
  'POST /api/session/password': 'viewer',

  'GET /metrics': 'viewer',
  'GET /api/openapi.json': 'viewer',
  'GET /api/status': 'viewer',
  'GET /api/summary': 'viewer',
  'GET /api/servers': 'viewer',
  'GET /api/servers/export': 'viewer',
  'GET /api/servers/facets': 'viewer',
  'GET /api/servers/bins': 'viewer',
  'GET /api/servers/groups': 'viewer',
  'GET /api/servers/:id': 'viewer',
  'GET /api/servers/:id/history': 'viewer',
  'GET /api/servers/:id/changes': 'viewer',
  'GET /api/servers/:id/rightsizing': 'viewer',
  'GET /api/rightsizing': 'viewer',
  'GET /api/rightsizing/summary': 'viewer',
  'POST /api/rightsizing/decisions': 'operator',
  'POST /api/rightsizing/preview': 'operator',
  'GET /api/rightsizing/policies': 'viewer',
  'GET /api/rightsizing/policy': 'viewer',
  'PUT /api/rightsizing/policy': 'operator',
  'GET /api/providers': 'viewer',
  'GET /api/providers/:id': 'viewer',
  'GET /api/accounts': 'viewer',
  'POST /api/providers/:id/role': 'admin',
  'GET /api/accounts/:id': 'viewer',
  'POST /api/accounts': 'admin',
  'POST /api/accounts/test': 'admin',
  'POST /api/accounts/test/events': 'admin',
  'POST /api/accounts/:id/rotate': 'admin',
  'DELETE /api/accounts/:id': 'admin',
  'GET /api/budget': 'viewer',
  'PUT /api/budget': 'admin',
  'GET /api/collection': 'viewer',
  'PUT /api/collection': 'admin',
  'GET /api/data': 'viewer',
  'GET /api/diagnostics': 'admin',
  'POST /api/plan': 'operator',
  'GET /api/schedules': 'viewer',
  'POST /api/schedules': 'operator',
  'DELETE /api/schedules/:name': 'operator',
  'GET /api/jobs': 'viewer',
  'POST /api/jobs': 'operator',
  'POST /api/jobs/:id/cancel': 'operator',
  'POST /api/jobs/:id/retry': 'operator',
  'GET /api/jobs/counts': 'viewer',
  'GET /api/jobs/durations': 'viewer',
  'GET /api/jobs/:id': 'viewer',
  'GET /api/jobs/:id/events': 'viewer',
  'GET /api/errors': 'viewer',
  'GET /api/errors/summary': 'viewer',
  'POST /api/errors/retry': 'operator',
  'GET /api/sources': 'viewer',
  'GET /api/sources/metrics': 'viewer',
  'GET /api/sources/:id': 'viewer',
  'POST /api/sources/:id/test': 'operator',

  'GET /api/exports': 'viewer',
  'POST /api/exports': 'viewer',
  'GET /api/exports/:id': 'viewer',
  'GET /api/exports/:id/file': 'viewer',
  'POST /api/exports/:id/cancel': 'viewer',
  'DELETE /api/exports/:id': 'viewer',

  'GET /api/api-keys': 'viewer',
  'POST /api/api-keys': 'viewer',
  'DELETE /api/api-keys/:id': 'viewer',

  'GET /api/audit': 'admin',

  'GET /api/users': 'admin',
  'POST /api/users': 'admin',
  'PATCH /api/users/:id': 'admin',
  'POST /api/users/:id/password': 'admin',
  'GET /api/users/:id/api-keys': 'admin',
  'POST /api/users/:id/api-keys': 'admin',
  'DELETE /api/users/:id/api-keys/:key': 'admin',
};

/** Undefined for a route without an entry. */
export function accessOf(method: string, url: string): Access | undefined {
  return access[`${method} ${url}`] ?? (method === 'HEAD' ? access[`GET ${url}`] : undefined);
}
