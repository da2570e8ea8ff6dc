/** Google's services, and where each is asked unless the secret names another place. */
export const services = {
  oauth2: 'https://oauth2.googleapis.com',
  sts: 'https://sts.googleapis.com',
  iamCredentials: 'https://iamcredentials.googleapis.com',
  resourceManager: 'https://cloudresourcemanager.googleapis.com',
  compute: 'https://compute.googleapis.com',
  monitoring: 'https://monitoring.googleapis.com',
  sqlAdmin: 'https://sqladmin.googleapis.com',
} as const;
export type Service = keyof typeof services;

/** Base URLs without a slash at the end. */
export type Endpoints = Readonly<Record<Service, string>>;

/** Overrides over defaults. @param all for every service that has none of its own */
export function endpointsOf(overrides: Readonly<Partial<Record<Service, string>>>, all: string | undefined): Endpoints {
  const base = (service: Service) => (overrides[service] ?? all ?? services[service]).replace(/\/+$/, '');
  return {
    oauth2: base('oauth2'),
    sts: base('sts'),
    iamCredentials: base('iamCredentials'),
    resourceManager: base('resourceManager'),
    compute: base('compute'),
    monitoring: base('monitoring'),
    sqlAdmin: base('sqlAdmin'),
  };
}

/** Plain http leaves this machine on no account: tokens go by it. */
export function isSafeEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Google's own, or this machine: where a token of someone else may be handed in for one of Google's. */
export function isTokenEndpoint(text: string): boolean {
  if (!isSafeEndpoint(text)) return false;
  const { hostname } = new URL(text);
  return isLoopback(hostname) || hostname === 'googleapis.com' || hostname.endsWith('.googleapis.com');
}

/** Where a workload learns who it is: https, this machine, or the metadata service of the machine that it runs on. */
export function isIdentitySource(text: string): boolean {
  if (isSafeEndpoint(text)) return true;
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'http:' && metadataHosts.includes(hostname);
}

const metadataHosts = ['169.254.169.254', '[fd00:ec2::254]', 'metadata.google.internal'];

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
