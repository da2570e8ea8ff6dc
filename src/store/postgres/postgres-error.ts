import { CollectError } from '#model/errors.ts';

/** SQLSTATE, or the code of the socket: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const known: Readonly<Record<string, { readonly message: string; readonly fix: string }>> = {
  ECONNREFUSED: { message: 'no PostgreSQL answers', fix: 'Check the address in --database, and that it is running.' },
  ENOTFOUND: { message: 'the host of the database is not known', fix: 'Check the address in --database.' },
  ECONNRESET: { message: 'PostgreSQL broke the connection off', fix: 'Try again; see its log if it stays so.' },
  '28P01': { message: 'PostgreSQL refused the password', fix: 'Check user and password in --database.' },
  '28000': {
    message: 'PostgreSQL does not let this user in',
    fix: 'Check user and password in --database, and pg_hba.conf.',
  },
  '3D000': { message: 'there is no such database', fix: 'Make it: createdb <name>' },
  '42501': { message: 'this user may not do that', fix: 'Grant the user all rights on the schema.' },
  '53100': { message: 'the disk of PostgreSQL is full', fix: 'Free some space there; nothing half-written was kept.' },
  '53300': { message: 'PostgreSQL has no connection left', fix: 'Raise max_connections, or run fewer processes.' },
  '57P01': { message: 'PostgreSQL is being shut down', fix: 'Try again when it is up.' },
  '57P03': { message: 'PostgreSQL is starting up', fix: 'Try again in a moment.' },
  '25006': { message: 'the database is read-only', fix: 'Connect to the primary, not to a replica.' },
};

const uniqueViolation = '23505';
/** Two transactions in each other's way: one of them may try again. */
const collisions = new Set(['40001', '40P01']);

export function codeOf(caught: unknown): string | undefined {
  if (!(caught instanceof Error) || !('code' in caught)) return undefined;
  return typeof caught.code === 'string' ? caught.code : undefined;
}

export function isCollision(caught: unknown): boolean {
  const code = codeOf(caught instanceof CollectError ? caught.cause : caught);
  return code !== undefined && collisions.has(code);
}

/** What PostgreSQL threw, in words: `conflict` where a unique name or identity is taken, `store_failed` else. */
export function storeError(caught: unknown, where: string): CollectError {
  if (caught instanceof CollectError) return caught;
  const detail = caught instanceof Error ? caught.message : String(caught);
  const code = codeOf(caught);
  if (code === uniqueViolation) {
    return new CollectError('conflict', `already in the store: ${detail}`, { where, cause: caught });
  }
  const told = code === undefined ? undefined : known[code];
  if (told !== undefined) {
    return new CollectError('store_failed', `${told.message} (${detail})`, { where, fix: told.fix, cause: caught });
  }
  return new CollectError('store_failed', `the store failed: ${detail}`, { where, cause: caught });
}
