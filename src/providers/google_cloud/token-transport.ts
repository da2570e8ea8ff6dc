import { type Endpoints, services } from './endpoints.ts';

/** How long a token endpoint has to answer; Google's library sets no limit. */
const timeoutMs = 15_000;

/**
 * How Google's library reaches the token endpoints: once, as `CallGate` tries again. It has their addresses built in, and
 * ignores the `token_uri` of a key file.
 *
 * @param tokenUri of the key file, where it has one
 */
export function tokenTransport(endpoints: Endpoints, tokenUri?: string) {
  const fetchImplementation: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return fetch(destinationOf(url, endpoints, tokenUri), { ...init, signal: AbortSignal.timeout(timeoutMs) });
  };
  return { fetchImplementation, retryConfig: { retry: 0, noResponseRetries: 0 } };
}

function destinationOf(url: URL, endpoints: Endpoints, tokenUri: string | undefined): URL {
  const isOverridden = endpoints.oauth2 !== services.oauth2;
  if (tokenUri !== undefined && !isOverridden && url.href === `${services.oauth2}/token`) return new URL(tokenUri);
  for (const service of ['oauth2', 'sts', 'iamCredentials'] as const) {
    if (url.origin === services[service]) return new URL(`${endpoints[service]}${url.pathname}${url.search}`);
  }
  return url;
}
