import type { AccessReply } from '../../../src/server/account-api.ts';
import { formatCount, formatUsd } from '../format.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { type AccessFailure, untoldFailures } from './access-failures.ts';
import { Check } from './check.tsx';

/** What each call came to, what was found, and what to add where the cloud refused. */
export function AccessReport({ report }: { report: AccessReply }) {
  const { checks, error, principal, servers, accounts, spent } = report;
  const regions = accounts.reduce((sum, account) => sum + account.regions.length, 0);
  const failures = untoldFailures(report);
  const isTold = [...checks, ...failures].some((each) => each.error?.message === error?.message);
  return (
    <>
      {principal !== null && (
        <p className="summary">
          {text.connect.signedIn} <b>{principal}</b> · {text.connect.found(formatCount(servers), formatCount(regions))}
        </p>
      )}
      <ul className="checks" aria-label={text.connect.checks}>
        {checks.map((check) => (
          <Check key={check.api} check={check} />
        ))}
        {error !== null && !isTold && (
          <li>
            <Mark tone="bad" word={text.connect.refused} /> {error.message}
            {error.fix !== undefined && <p className="fix">{error.fix}</p>}
          </li>
        )}
        {failures.map((failure) => (
          <NotListed key={failure.error.message} failure={failure} />
        ))}
      </ul>
      {spent.metrics > 0 && <p className="summary">{text.connect.spent(formatUsd(spent.usd))}</p>}
    </>
  );
}

const mostPlaces = 10;

/** An organisation may have hundreds. */
function listed(places: readonly string[]): string {
  const rest = places.length - mostPlaces;
  const shown = places.slice(0, mostPlaces).join(', ');
  return rest > 0 ? text.connect.andMore(shown, formatCount(rest)) : shown;
}

function NotListed({ failure: { error, places } }: { failure: AccessFailure }) {
  return (
    <li>
      <Mark tone="bad" word={text.connect.notListed} />
      <div className="check-cause">
        <p>{error.message}</p>
        <p>
          <small>{listed(places)}</small>
        </p>
        {error.fix !== undefined && (
          <p className="fix">
            <b>{text.runs.fix}</b> {error.fix}
          </p>
        )}
      </div>
    </li>
  );
}
