import type { FastifyRequest } from 'fastify';
import { CollectError } from '#model/errors.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a page of a stranger makes a browser send: a cookie would go with it. Browsers say where a page is from by
 * Sec-Fetch-Site or Origin; who says neither is no browser. A key in the Authorization header is nothing that a browser adds.
 *
 * @param publicHost `host[:port]` that browsers use, where it is not that of the Host header
 * @throws CollectError `access_denied`
 */
export function refuseForeignPage(request: FastifyRequest, publicHost: string | undefined): void {
  const { host, origin, authorization, 'sec-fetch-site': site } = request.headers;
  if (safeMethods.has(request.method) || authorization !== undefined) return;
  if (site === 'same-origin' || site === 'none') return;
  const from = origin === undefined ? undefined : URL.parse(origin)?.host;
  const isOurs =
    origin === undefined ? site === undefined : from === host || (from !== undefined && from === publicHost);
  if (isOurs) return;
  throw new CollectError('access_denied', 'this was sent by a page of another site', {
    where: origin ?? 'a page without an origin',
    fix: 'Open the console at its own address.',
  });
}
