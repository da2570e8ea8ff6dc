import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { policiesQuery, rightsizingSummaryQuery } from '../api.ts';
import { Answer, both } from '../parts/answer.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { PolicyEditor } from './policy-editor.tsx';

export function PolicyPage() {
  usePageTitle(`${text.rightsizing.policyTitle} · ${text.rightsizing.title}`);
  const summary = useQuery(rightsizingSummaryQuery);
  const choices = useQuery(policiesQuery);
  const mayDecide = useMay('operator');
  return (
    <div className="rightsizing policy">
      <header className="page-head">
        <h1>{text.rightsizing.policyTitle}</h1>
        <Link to="/rightsizing" className="policy-link">
          {text.rightsizing.title}
        </Link>
      </header>
      <Answer asked={both(summary, choices)} rows={10}>
        {([{ data }, { data: offered }]) => <PolicyEditor summary={data} choices={offered} mayDecide={mayDecide} />}
      </Answer>
    </div>
  );
}
