import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError } from '../api.ts';
import { text } from '../text.ts';
import { CopyButton } from './copy-button.tsx';
import { SlowAnswer } from './slow-answer.tsx';
import { Mark } from './state-mark.tsx';

interface FailureNoticeProps {
  readonly error: Error;
  readonly retry?: () => void;
  /** There is nothing else on the page. */
  readonly isPage?: boolean;
}

/** What failed, where, and what to do. */
export function FailureNotice({ error, retry, isPage = false }: FailureNoticeProps) {
  const Heading = isPage ? 'h1' : 'h2';
  const report = error instanceof ApiError ? error.report : { message: error.message };
  return (
    <div className="notice failure" role="alert">
      <Heading>{text.states.failed}</Heading>
      <p lang="en">
        {report.message}
        {'where' in report && report.where !== undefined && <code>{report.where}</code>}
      </p>
      {'fix' in report && report.fix !== undefined && <p lang="en">{report.fix}</p>}
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          {text.states.retry}
        </button>
      )}
      {error instanceof ApiError && error.requestId !== undefined && <RequestId id={error.requestId} />}
    </div>
  );
}

/** For whoever looks into the log of the server. */
function RequestId({ id }: { id: string }) {
  return (
    <p className="request-id">
      {text.states.request} <code>{id}</code> <CopyButton content={id} label={text.states.copyRequest} />
    </p>
  );
}

/** What is shown is older than it should be: it could not be asked for again. */
export function StaleNotice({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <div className="stale-notice" role="status">
      <Mark tone="warn" word={text.states.stale(error.message)} />
      <button type="button" onClick={retry}>
        {text.states.retry}
      </button>
    </div>
  );
}

/** Nothing is there, and that is no failure. */
export function EmptyNotice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="notice">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function NothingHere() {
  return (
    <div className="notice">
      <h1>{text.states.nothingHere}</h1>
      <p>{text.states.nothingHereFix}</p>
      <Link to="/">{text.pages.overview}</Link>
    </div>
  );
}

export function BrokenPage({ error }: { error: unknown }) {
  return (
    <div className="notice failure" role="alert">
      <h1>{text.states.broken}</h1>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <p>{text.states.brokenFix}</p>
    </div>
  );
}

/** Grey rows of the final height; shown only where loading takes a while. Where it takes long, it can be stopped. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div className="skeleton" role="status">
      <SlowAnswer />
      {Array.from({ length: rows }, (_, row) => (
        <i key={row} />
      ))}
    </div>
  );
}
