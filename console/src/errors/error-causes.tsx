import { getRouteApi, Link } from '@tanstack/react-router';
import type { ErrorCause } from '../../../src/server/error-api.ts';
import { formatAgo, formatCount, formatTime } from '../format.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

const route = getRouteApi('/errors');

/** Each cause once, with how often, since when, and what helps. */
export function ErrorCauses({ causes }: { causes: readonly ErrorCause[] }) {
  if (causes.length === 0) return <p className="summary">{text.errors.none}</p>;
  return (
    <ul>
      {causes.map((cause) => (
        <li key={cause.code}>
          <Cause cause={cause} />
        </li>
      ))}
    </ul>
  );
}

function Cause({
  cause: { code, times, places, open, servers, first_at, last_at, jobs, fixes, fix_count },
}: {
  cause: ErrorCause;
}) {
  const search = route.useSearch();
  return (
    <>
      <h3>
        <Mark tone={open > 0 ? 'bad' : 'quiet'} word={open > 0 ? text.errors.open : text.errors.over} />{' '}
        <Link to="/errors" search={{ ...search, code }} aria-current={search.code === code ? 'true' : undefined}>
          {text.errorCodes[code]}
        </Link>{' '}
        <b>×{formatCount(times)}</b>
      </h3>
      <p className="cause-facts">
        {text.errors.places(formatCount(places), formatCount(open))}
        {servers > 0 && ` · ${text.runs.affected(formatCount(servers))}`}
        {first_at !== null && last_at !== null && (
          <>
            {' · '}
            {text.errors.since} <time dateTime={first_at}>{formatTime(first_at)}</time>
            {' · '}
            {text.errors.last} <time dateTime={last_at}>{formatAgo(last_at)}</time>
          </>
        )}
        {jobs.map((job) => (
          <span key={job}>
            {' · '}
            <Link to="/jobs/$id" params={{ id: String(job) }}>
              #{job}
            </Link>
          </span>
        ))}
      </p>
      <ul className="fixes">
        {fixes.map(({ fix, message, times: met }) => (
          <li key={`${fix} ${message}`}>
            <p className="breakable">
              <span lang="en">{message}</span> {fix_count > 1 && <small>×{formatCount(met)}</small>}
            </p>
            {fix !== null && (
              <p className="fix breakable">
                <b>{fix_count === 1 ? text.errors.sameFix : text.runs.fix}</b> <span lang="en">{fix}</span>
              </p>
            )}
          </li>
        ))}
      </ul>
      {fix_count > fixes.length && (
        <p className="summary">{text.errors.moreFixes(formatCount(fix_count - fixes.length))}</p>
      )}
    </>
  );
}
