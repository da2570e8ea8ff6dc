import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { policiesQuery, rightsizingSummaryQuery } from '../api.ts';
import { FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { PolicyEditor } from './policy-editor.tsx';

export function PolicyPage() {
  usePageTitle(`${text.rightsizing.policyTitle} · ${text.rightsizing.title}`);
  const summary = useQuery(rightsizingSummaryQuery);
  const choices = useQuery(policiesQuery);
  const mayDecide = useMay('operator');
  const failed = summary.error ?? choices.error;
  return (
    <div className="rightsizing policy">
      <header className="page-head">
        <h1>{text.rightsizing.policyTitle}</h1>
        <Link to="/rightsizing" className="policy-link">
          {text.rightsizing.title}
        </Link>
      </header>
      {failed !== null ? (
        <FailureNotice error={failed} retry={() => void Promise.all([summary.refetch(), choices.refetch()])} />
      ) : summary.data === undefined || choices.data === undefined ? (
        <Skeleton rows={10} />
      ) : (
        <PolicyEditor summary={summary.data.data} choices={choices.data.data} mayDecide={mayDecide} />
      )}
    </div>
  );
}
