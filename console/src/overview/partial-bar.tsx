import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { jobQuery, statusQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { RunTally } from './run-tally.tsx';

/** The last run of the whole fleet, where it is not whole; undefined until that is known. */
export function usePartialRun(): number | null | undefined {
  const { data, error } = useQuery(statusQuery);
  // Who cannot know it shows the list all the same.
  if (data === undefined) return error === null ? undefined : null;
  const last = data.data.last_job;
  return last === null || last.state === 'SUCCESS' ? null : last.id;
}

/** Above what is of a fleet that was not read as a whole: how much of it is missing, and why. Its place is kept. */
export function PartialBar({ id }: { id: number | null | undefined }) {
  const { data } = useQuery({ ...jobQuery(id ?? 0), enabled: typeof id === 'number' });
  if (typeof id !== 'number') return null;
  return (
    <section className="partial-bar" aria-label={text.runs.partial}>
      <Link to="/jobs/$id" params={{ id: String(id) }}>
        <Mark tone="warn" word={text.runs.partialRun(id)} />
      </Link>
      {data !== undefined && <RunTally job={data.data} />}
    </section>
  );
}

/** How many there are; of a fleet that is not whole, at least so many. */
export function Total({ count, isLeast }: { count: number; isLeast: boolean }) {
  return (
    <>
      {isLeast && (
        <>
          <abbr title={text.runs.atLeast}>≥</abbr>{' '}
        </>
      )}
      <span className="total">{formatCount(count)}</span>
    </>
  );
}
