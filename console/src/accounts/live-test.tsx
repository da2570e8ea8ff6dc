import type { ReactNode } from 'react';
import type { AccessReply } from '../../../src/server/account-api.ts';
import { FailureNotice } from '../parts/notices.tsx';
import { text } from '../text.ts';
import { AccessReport } from './access-report.tsx';
import { Check } from './check.tsx';
import { StillAsking } from './still-asking.tsx';
import type { AccessTest } from './use-access-test.ts';

interface LiveTestProps {
  readonly title: string;
  readonly test: AccessTest;
  /** What can be done once it has ended. */
  readonly children?: ReactNode;
}

function outcomeOf({ is_ok, error }: AccessReply): string {
  if (is_ok) return text.connect.allWorks;
  return error?.code === 'timeout' ? text.connect.outOfTime : text.connect.someRefused;
}

/** A test as one watches: each call as it ends, then what all of it came to. */
export function LiveTest({ title, test, children }: LiveTestProps) {
  const { phase, checks, at, report, error, stop } = test;
  const isAsking = phase === 'asking';
  return (
    <section className="panel report" aria-label={text.connect.checks} aria-busy={isAsking}>
      <header>
        <h2>{title}</h2>
        <p role="status">{isAsking ? text.connect.asking : report !== undefined && outcomeOf(report)}</p>
        {isAsking && (
          <button type="button" onClick={stop}>
            {text.connect.stop}
          </button>
        )}
      </header>
      {isAsking && (
        <ul className="checks" aria-label={text.connect.checks}>
          {checks.map(({ waiting, ...check }) => (
            <Check key={check.api} check={check} isWaiting={waiting !== null}>
              {waiting !== null && <StillAsking waiting={waiting} at={at} />}
            </Check>
          ))}
        </ul>
      )}
      {error !== null && <FailureNotice error={error} />}
      {report !== undefined && <AccessReport report={report} />}
      {!isAsking && children}
    </section>
  );
}
