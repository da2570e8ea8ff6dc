import type { ReactNode } from 'react';
import { ApiError } from '../api.ts';
import { formatSeconds } from '../format.ts';
import { text } from '../text.ts';

interface ProblemProps {
  readonly error: Error | null;
  /** What a code means in this form; the API's own words for the others. */
  readonly says?: Partial<Readonly<Record<ApiError['report']['code'], string>>>;
}

/** Why something was not done. */
export function Problem({ error, says = {} }: ProblemProps): ReactNode {
  if (error === null) return null;
  return (
    <p className="problem" role="alert">
      {wordsOf(error, says)}
    </p>
  );
}

function wordsOf(error: Error, says: NonNullable<ProblemProps['says']>): string {
  if (!(error instanceof ApiError)) return error.message;
  const { code, message, fix } = error.report;
  if (error.retryAfter !== undefined) return text.session.wait(formatSeconds(error.retryAfter));
  return says[code] ?? [message, fix].filter((part) => part !== undefined).join('. ');
}
