/** A request as it came in. */
export interface AzureRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  readonly encrypted: boolean;
}

/** What the simulation can be asked. */
export type Operation =
  | 'token'
  | 'openIdConfiguration'
  | 'signingKeys'
  | 'instanceDiscovery'
  | 'managedIdentityToken'
  | 'subscriptions'
  | 'skus'
  | 'metrics'
  | 'metricDefinitions'
  | 'resources'
  | 'getBatch';

/** Where a request goes. */
export interface Route {
  /** Undefined for a path that no service has. */
  readonly operation: Operation | undefined;
  /** `login`, `metadata`, `management`, or a region: its metrics service. */
  readonly host: string;
  /** The request's URL as its sender sees it. */
  readonly url: URL;
  /** Tenant in a path to Entra ID, as written; empty in others. */
  readonly tenant: string;
  /** Subscription in the path, lower-case; empty where there is none. */
  readonly subscription: string;
  /** Resource id in the path of `metrics` and `metricDefinitions`, as written; empty in others. */
  readonly resource: string;
}

interface Row {
  readonly operation: Operation;
  readonly service: 'login' | 'metadata' | 'management' | 'metrics';
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
}

const rows: readonly Row[] = [
  { operation: 'token', service: 'login', method: 'POST', path: /^\/(?<tenant>[^/]+)\/oauth2\/v2\.0\/token$/ },
  {
    operation: 'openIdConfiguration',
    service: 'login',
    method: 'GET',
    path: /^\/(?<tenant>[^/]+)\/v2\.0\/\.well-known\/openid-configuration$/,
  },
  { operation: 'signingKeys', service: 'login', method: 'GET', path: /^\/(?<tenant>[^/]+)\/discovery\/v2\.0\/keys$/ },
  { operation: 'instanceDiscovery', service: 'login', method: 'GET', path: /^\/common\/discovery\/instance$/ },
  {
    operation: 'managedIdentityToken',
    service: 'metadata',
    method: 'GET',
    path: /^\/metadata\/identity\/oauth2\/token$/,
  },
  { operation: 'subscriptions', service: 'management', method: 'GET', path: /^\/subscriptions$/i },
  {
    operation: 'skus',
    service: 'management',
    method: 'GET',
    path: /^\/subscriptions\/(?<subscription>[^/]+)\/providers\/microsoft\.compute\/skus$/i,
  },
  {
    operation: 'metrics',
    service: 'management',
    method: 'GET',
    path: /^(?<resource>\/subscriptions\/(?<subscription>[^/]+)\/.+)\/providers\/microsoft\.insights\/metrics$/i,
  },
  {
    operation: 'metricDefinitions',
    service: 'management',
    method: 'GET',
    path: /^(?<resource>\/subscriptions\/(?<subscription>[^/]+)\/.+)\/providers\/microsoft\.insights\/metricdefinitions$/i,
  },
  {
    operation: 'resources',
    service: 'management',
    method: 'POST',
    path: /^\/providers\/microsoft\.resourcegraph\/resources$/i,
  },
  {
    operation: 'getBatch',
    service: 'metrics',
    method: 'POST',
    path: /^\/subscriptions\/(?<subscription>[^/]+)\/metrics:getbatch$/i,
  },
];

/**
 * Finds where a request goes. The metrics service of a region is at `/metrics/{region}` before the path, or at its real host
 * name in the header Host; all other services share the root.
 */
export function readRoute({ method, target, headers, encrypted }: AzureRequest): Route {
  const host = typeof headers.host === 'string' && /^[\w.-]+(:\d+)?$/.test(headers.host) ? headers.host : 'localhost';
  const url = new URL(`${encrypted ? 'https' : 'http'}://${host}${target.replace(/^\/*/, '/')}`);
  const named = /^([a-z0-9]+)\.metrics\.monitor\.azure\.com(?::\d+)?$/.exec(host)?.[1];
  const [, prefixed, rest = ''] = /^\/metrics\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
  const region = named ?? prefixed;
  const path = decode(prefixed === undefined ? url.pathname : rest)
    .replace(/\/+/g, '/')
    .replace(/(?<=.)\/$/, '');
  for (const { operation, service, method: wanted, path: pattern } of rows) {
    const found = (service === 'metrics') === (region !== undefined) && wanted === method ? pattern.exec(path) : null;
    if (found === null) continue;
    const { tenant = '', subscription = '', resource = '' } = found.groups ?? {};
    const place = service === 'metrics' ? (region ?? '') : service;
    return { operation, host: place.toLowerCase(), url, tenant, subscription: subscription.toLowerCase(), resource };
  }
  return { operation: undefined, host: region ?? 'management', url, tenant: '', subscription: '', resource: '' };
}

/** A path without its escapes; as it is where they are none. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
