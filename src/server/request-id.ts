import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const requestIdHeader = 'x-request-id';

/** What the caller names its request by, where that looks like an id and cannot be taken for anything else; or a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[requestIdHeader];
  return typeof given === 'string' && /^[A-Za-z0-9][\w.:-]{7,99}$/.test(given) ? given : randomUUID();
}
