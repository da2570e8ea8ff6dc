import type { QueryClient } from '@tanstack/react-query';
import { type RegisteredRouter, redirect } from '@tanstack/react-router';
import { ApiError, sessionQuery } from '../api.ts';
import { nextPath } from './next-path.ts';

export const loginPath = '/login';

interface Place {
  readonly pathname: string;
  readonly publicHref: string;
}

/** Sends those who have to sign in to the page for it. Where the server does not answer, each page says so itself. */
export async function signInFirst(queries: QueryClient, { pathname, publicHref }: Place): Promise<void> {
  if (pathname === loginPath) return;
  const session = await queries.ensureQueryData(sessionQuery).catch(() => undefined);
  if (session !== undefined && session.data.role === null) {
    throw redirect({ to: loginPath, search: publicHref === '/' ? {} : { next: publicHref } });
  }
}

/** Sends those who need not sign in, or have, to where they wanted to go. */
export async function passSignedIn(queries: QueryClient, next: string | undefined): Promise<void> {
  const session = await queries.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => undefined);
  if (session !== undefined && session.data.role !== null) throw redirect({ href: nextPath(next) });
}

/** Told of each answer that failed. Where it is that the session is over: to sign in, and back to the same place. */
export function signInAgain(error: Error, queries: QueryClient, router: RegisteredRouter): void {
  if (!(error instanceof ApiError) || !error.isSignedOut) return;
  const { pathname, publicHref } = router.latestLocation;
  if (pathname === loginPath) return;
  queries.removeQueries({ queryKey: sessionQuery.queryKey });
  void router.navigate({ to: loginPath, search: { next: publicHref, ended: 'by-time' } });
}
