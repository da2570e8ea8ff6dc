import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { accountsQuery, statusQuery } from '../api.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { EmptyNotice, Skeleton } from './notices.tsx';

interface FirstUseProps {
  readonly title: string;
  /** What belongs here, and what makes it. */
  readonly what: string;
}

/** Nothing has been here yet: what the reader may do about it first, in the console and in a terminal. */
export function FirstUse({ title, what }: FirstUseProps) {
  const words = text.firstUse;
  const isAdmin = useMay('admin');
  const mayRun = useMay('operator');
  const accounts = useQuery(accountsQuery);
  const isDemo = useQuery(statusQuery).data?.meta.demo;
  if (accounts.isPending) return <Skeleton rows={4} />;
  const isUnconnected = accounts.data?.data.length === 0;
  return (
    <EmptyNotice title={title}>
      <p>{what}</p>
      {isUnconnected && isAdmin ? (
        <Link className="button" to="/accounts/new">
          {words.connect}
        </Link>
      ) : mayRun && !isUnconnected ? (
        <Link className="button" to="/jobs/new">
          {text.collect.now}
        </Link>
      ) : (
        <p>{words.ask}</p>
      )}
      <p>{text.list.cli}</p>
      <code>{isUnconnected ? words.connectLine : text.fleet.firstRun}</code>
      {isDemo === false && (
        <>
          <p>{words.demo}</p>
          <code>{words.demoLine}</code>
        </>
      )}
    </EmptyNotice>
  );
}
