import type { FastifyReply, FastifyRequest } from 'fastify';

/** The cookies of this server. Under TLS their names say that they are ours alone (`__Host-`, RFC 6265bis 4.1.3). */
export interface CookieJar {
  readonly session: string;
  /** The secret of a sign-in by OpenID that is under way. */
  readonly flow: string;
  readonly isSecure: boolean;
}

/** @param isSecure whether browsers reach the server by TLS */
export function cookieJar(isSecure: boolean): CookieJar {
  const prefix = isSecure ? '__Host-' : '';
  return { session: `${prefix}fleetgauge_session`, flow: `${prefix}fleetgauge_flow`, isSecure };
}

/** @param seconds that it lives; 0 removes it */
export function setCookie(
  reply: FastifyReply,
  { isSecure }: CookieJar,
  { name, value, seconds }: { readonly name: string; readonly value: string; readonly seconds: number },
): void {
  const secure = isSecure ? '; Secure' : '';
  // Fastify keeps several headers of this name.
  reply.header('set-cookie', `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`);
}

export function cookieOf({ headers }: FastifyRequest, name: string): string | undefined {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [key, ...value] = pair.split('=');
    if (key?.trim() === name) return value.join('=').trim();
  }
  return undefined;
}
