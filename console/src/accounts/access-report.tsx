import type { AccessCheckRow, AccessReply } from '../../../src/server/account-api.ts';
import { formatCount, formatUsd } from '../format.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { type AccessFailure, untoldFailures } from './access-failures.ts';
import { CodeBlock } from './code-block.tsx';

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

function NotListed({ failure: { error, places } }: { failure: AccessFailure }) {
  return (
    <li>
      <Mark tone="bad" word={text.connect.notListed} />
      <div className="check-cause">
        <p>{error.message}</p>
        <p>
          <small>{places.join(', ')}</small>
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

function Check({ check: { api, took_ms, failed_in, error, grant, calls } }: { check: AccessCheckRow }) {
  return (
    <li>
      <div className="check">
        <Mark
          tone={error === null ? 'good' : 'bad'}
          word={error === null ? text.connect.works : text.connect.refused}
        />
        <code>{api}</code>
        <small>
          {text.connect.calls(formatCount(calls))} · {formatCount(took_ms)} ms
        </small>
      </div>
      {error !== null && (
        <div className="check-cause">
          <p>{error.message}</p>
          <p>
            <small>{failed_in.join(', ')}</small>
          </p>
          {grant === null ? (
            <p className="fix">
              <b>{text.runs.fix}</b> {error.code === 'secret_rejected' ? text.connect.wrongKey : error.fix}
            </p>
          ) : (
            <div className="document">
              <CodeBlock title={text.connect.grant} content={grant} />
            </div>
          )}
        </div>
      )}
    </li>
  );
}
