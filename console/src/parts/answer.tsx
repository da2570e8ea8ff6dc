import type { ReactNode } from 'react';
import { FailureNotice, Skeleton, StaleNotice } from './notices.tsx';

/** As useQuery gives it. */
interface Asked<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => Promise<unknown>;
}

interface AnswerProps<T> {
  readonly asked: Asked<T>;
  /** Of the height of what will come. */
  readonly rows: number;
  /** There is nothing else on the page. */
  readonly isPage?: boolean;
  readonly children: (data: T) => ReactNode;
}

/**
 * What was asked for. What has come once stays, with all that was typed and ticked in it: where it could not be asked
 * for again, that is said above it.
 */
export function Answer<T>({ asked: { data, error, refetch }, rows, isPage = false, children }: AnswerProps<T>) {
  const retry = () => void refetch();
  if (data === undefined) {
    return error === null ? <Skeleton rows={rows} /> : <FailureNotice isPage={isPage} error={error} retry={retry} />;
  }
  return (
    <>
      {error !== null && <StaleNotice error={error} retry={retry} />}
      {children(data)}
    </>
  );
}

/** Two answers that only say something together. */
export function both<A, B>(one: Asked<A>, other: Asked<B>): Asked<readonly [A, B]> {
  return {
    data: one.data === undefined || other.data === undefined ? undefined : [one.data, other.data],
    error: one.error ?? other.error,
    refetch: () => Promise.all([one.refetch(), other.refetch()]),
  };
}
