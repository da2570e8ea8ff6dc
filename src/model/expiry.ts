import { X509Certificate } from 'node:crypto';

/** What of a secret ends: a certificate, a key, an application's secret, a session, a token. */
export const endings = ['certificate', 'key', 'secret', 'session', 'token'] as const;

/** Until when a secret opens anything, where that can be known; nothing is ever guessed. */
export interface Expiry {
  readonly of: (typeof endings)[number];
  /** Epoch milliseconds; null where it is known to have no end. */
  readonly at: number | null;
}

/** What a date and time as ISO 8601 has them can say, in epoch milliseconds: years of four digits. */
const earliest = Date.parse('0000-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** An end after the year 9999 is none; one before the year 0, or that is no time, is not known. */
export function datedExpiry({ of, at }: Expiry): Expiry | undefined {
  if (at === null || at > latest) return { of, at: null };
  return at >= earliest ? { of, at } : undefined;
}

/** Of the first certificate of a PEM; undefined where it holds none. */
export function certificateExpiry(pem: string): Expiry | undefined {
  try {
    return datedExpiry({ of: 'certificate', at: new X509Certificate(pem).validToDate.getTime() });
  } catch {
    return undefined;
  }
}

/** Of a JSON Web Token that says so; undefined for all else. */
export function tokenExpiry(token: string): Expiry | undefined {
  try {
    const { exp }: { readonly exp?: unknown } = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    );
    return typeof exp === 'number' ? datedExpiry({ of: 'token', at: exp * 1000 }) : undefined;
  } catch {
    return undefined;
  }
}

/** The one that ends first. */
export function firstToEnd(expiries: readonly (Expiry | undefined)[]): Expiry | undefined {
  const known = expiries.filter((expiry) => expiry !== undefined);
  return known.toSorted((a, b) => (a.at ?? Number.POSITIVE_INFINITY) - (b.at ?? Number.POSITIVE_INFINITY))[0];
}
