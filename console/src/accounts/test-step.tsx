import { Link } from '@tanstack/react-router';
import { type FormEvent, useRef } from 'react';
import type { AccessReply } from '../../../src/server/account-api.ts';
import { FailureNotice, Skeleton } from '../parts/notices.tsx';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { AccessReport } from './access-report.tsx';

interface TestStepProps {
  readonly provider: string;
  readonly report: AccessReply | undefined;
  readonly error: Error | null;
  readonly isAsking: boolean;
  readonly onAgain: () => void;
  readonly onSave: (name: string) => void;
  readonly isSaving: boolean;
  readonly saveError: Error | null;
}

export function TestStep(props: TestStepProps) {
  const { provider, report, error, isAsking, onAgain, onSave, isSaving, saveError } = props;
  const name = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isSaving) onSave(name.current?.value.trim() ?? '');
  };
  if (isAsking) {
    return (
      <>
        <p className="summary" role="status">
          {text.connect.asking}
        </p>
        <Skeleton rows={4} />
      </>
    );
  }
  return (
    <section className="panel" aria-label={text.connect.checks}>
      <header>
        <h2>{text.connect.checks}</h2>
        {report !== undefined && <p role="status">{report.is_ok ? text.connect.allWorks : text.connect.someRefused}</p>}
      </header>
      {error !== null && <FailureNotice error={error} />}
      {report !== undefined && <AccessReport report={report} />}
      <form className="form in-line" onSubmit={submit}>
        {report !== undefined && report.principal !== null && (
          <>
            <label>
              <span className="filter-name">{text.connect.name}</span>
              <input
                ref={name}
                maxLength={100}
                defaultValue={`${provider}-${report.principal}`.slice(0, 100)}
                required
              />
            </label>
            <button type="submit" className="main" aria-disabled={isSaving}>
              {report.is_ok ? text.connect.save : text.connect.saveAnyway}
            </button>
          </>
        )}
        <button type="button" onClick={onAgain}>
          {text.connect.again}
        </button>
        <Link className="button" to="/accounts/new" search={{ provider, step: 'access' }}>
          {text.connect.back}
        </Link>
      </form>
      <Problem error={saveError} />
    </section>
  );
}
