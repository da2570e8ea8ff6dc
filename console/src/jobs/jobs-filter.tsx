import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { RunCounts } from '../../../src/server/api.ts';
import type { JobState } from '../../../src/store/jobs.ts';
import { type JobsAddress, jobStatuses } from '../addresses.ts';
import { accountsQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';

const route = getRouteApi('/jobs');

export const stateOf = {
  running: 'RUNNING',
  failed: 'FAILURE',
  partial: 'PARTIAL',
  succeeded: 'SUCCESS',
  canceled: 'CANCELED',
  interrupted: 'INTERRUPTED',
} as const satisfies Record<(typeof jobStatuses)[number], JobState>;

/** Which runs are listed, whatever page of them. */
export function filterOnly({ status, source }: JobsAddress): JobsAddress {
  return { ...(status === undefined ? {} : { status }), ...(source === undefined ? {} : { source }) };
}

/** By state, each with how many there are of all pages, and by account. @param counts undefined while they are asked for */
export function JobsFilter({ counts }: { counts: RunCounts | undefined }) {
  const { source } = route.useSearch();
  return (
    <div className="jobs-filter">
      <nav className="status-links" aria-label={text.runs.state}>
        {[undefined, ...jobStatuses].map((name) => (
          <Link
            key={name ?? ''}
            to="/jobs"
            search={filterOnly({
              ...(name === undefined ? {} : { status: name }),
              ...(source === undefined ? {} : { source }),
            })}
            activeOptions={{ exact: true, includeSearch: true }}
          >
            {name === undefined ? text.run.all : text.jobStates[stateOf[name]]}
            {counts !== undefined && (
              <b> {formatCount(name === undefined ? counts.all : (counts.states[stateOf[name]] ?? 0))}</b>
            )}
          </Link>
        ))}
      </nav>
      <SourceChoice />
    </div>
  );
}

/** Saved accounts; one that is not saved can be in the address. */
function SourceChoice() {
  const { source, status } = route.useSearch();
  const navigate = route.useNavigate();
  const saved = useQuery(accountsQuery).data?.data.map(({ name }) => name) ?? [];
  const names = source === undefined || saved.includes(source) ? saved : [source, ...saved];
  if (names.length === 0) return null;
  return (
    <label>
      <span className="filter-name">{text.runs.account}</span>
      <select
        value={source ?? ''}
        onChange={({ target: { value } }) =>
          void navigate({
            search: filterOnly({
              ...(status === undefined ? {} : { status }),
              ...(value === '' ? {} : { source: value }),
            }),
          })
        }
      >
        <option value="">{text.runs.allAccounts}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
