import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useRef } from 'react';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { LiveTest } from './live-test.tsx';
import type { AccessTest } from './use-access-test.ts';

interface TestStepProps {
  readonly provider: string;
  readonly test: AccessTest;
  readonly onAgain: () => void;
  readonly onSave: (name: string) => void;
  readonly isSaving: boolean;
  readonly saveError: Error | null;
  /** What of what was found is to be read. */
  readonly children?: ReactNode;
}

export function TestStep({ provider, test, onAgain, onSave, isSaving, saveError, children }: TestStepProps) {
  const { report } = test;
  const name = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isSaving) onSave(name.current?.value.trim() ?? '');
  };
  return (
    <LiveTest title={text.connect.checks} test={test}>
      {children}
      <form className="form in-line" onSubmit={submit}>
        {report !== undefined && report.usual_name !== null && (
          <>
            <label>
              <span className="filter-name">{text.connect.name}</span>
              <input ref={name} maxLength={100} defaultValue={report.usual_name} required />
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
    </LiveTest>
  );
}
