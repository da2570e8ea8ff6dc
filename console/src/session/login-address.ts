export interface LoginAddress {
  /** The path to come back to. */
  readonly next?: string;
  /** Why a sign-in by OpenID failed: the code of an error. */
  readonly problem?: string;
  /** What ended the session. */
  readonly ended?: 'by-hand' | 'by-time';
}

export function loginAddress({ next, problem, ended }: Record<string, unknown>): LoginAddress {
  return {
    ...(typeof next === 'string' && next !== '' ? { next } : {}),
    ...(typeof problem === 'string' && problem !== '' ? { problem } : {}),
    ...(ended === 'by-hand' || ended === 'by-time' ? { ended } : {}),
  };
}
