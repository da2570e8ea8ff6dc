import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AccessReply, AccountRow } from '../../../src/server/account-api.ts';
import { accountsQuery, send } from '../api.ts';
import { formatAgo, formatTime } from '../format.ts';
import { EmptyNotice, FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { Mark } from '../parts/state-mark.tsx';
import { useMay } from '../session/session.ts';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { AccessReport } from './access-report.tsx';

/** The clouds that are connected, and whether their keys still work. */
export function AccountsPage() {
  usePageTitle(text.accounts.title);
  const { data, error, refetch } = useQuery(accountsQuery);
  const isAdmin = useMay('admin');
  return (
    <div className="accounts">
      <header className="page-head">
        <h1>{text.accounts.title}</h1>
        {isAdmin && data !== undefined && data.meta.demo === false && (
          <Link className="button" to="/accounts/new">
            {text.accounts.add}
          </Link>
        )}
      </header>
      {data?.meta.demo === true && (
        <EmptyNotice title={text.accounts.demo}>
          <p>{text.accounts.demoFix}</p>
          <code>fleetgauge up --no-demo</code>
        </EmptyNotice>
      )}
      {error !== null ? (
        <FailureNotice error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton rows={4} />
      ) : data.data.length === 0 ? (
        <EmptyNotice title={text.accounts.none}>
          <p>{text.accounts.noneFix}</p>
          <code>fleetgauge account add aws --profile default</code>
        </EmptyNotice>
      ) : (
        <AccountTable accounts={data.data} mayManage={isAdmin && !data.meta.demo} />
      )}
    </div>
  );
}

const columns = ['name', 'cloud', 'account', 'key', 'status', 'lastUsed', 'lastRun'] as const;

function AccountTable({ accounts, mayManage }: { accounts: readonly AccountRow[]; mayManage: boolean }) {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: accountsQuery.queryKey });
  const test = useMutation({
    mutationFn: ({ id }: AccountRow) => send<AccessReply>('POST', '/accounts/test', { account: id }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: ({ id }: AccountRow) => send<AccountRow>('DELETE', `/accounts/${id}`),
    onSettled: refresh,
  });
  return (
    <>
      <Problem error={remove.error ?? test.error} />
      <section className="table-scroll" aria-label={text.accounts.title}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {text.accounts[column]}
                </th>
              ))}
              {mayManage && <td />}
            </tr>
          </thead>
          <tbody>
            {accounts.map((account) => (
              <tr key={account.id}>
                <th scope="row">{account.name}</th>
                <td>{text.connect.clouds[account.provider] ?? account.provider}</td>
                <td>{account.account}</td>
                <td>{account.key_hint === null ? '–' : `****${account.key_hint}`}</td>
                <td>
                  <Status status={account.status} />
                </td>
                <td>
                  <Used at={account.last_used_at} />
                </td>
                <td>
                  {account.last_job === null ? (
                    '–'
                  ) : (
                    <Link to="/jobs/$id" params={{ id: String(account.last_job) }}>
                      #{account.last_job}
                    </Link>
                  )}
                </td>
                {mayManage && (
                  <td className="row-actions">
                    <button
                      type="button"
                      aria-label={text.accounts.testOf(account.name)}
                      aria-disabled={test.isPending}
                      onClick={() => {
                        if (!test.isPending) test.mutate(account);
                      }}
                    >
                      {test.isPending && test.variables.id === account.id ? text.accounts.testing : text.accounts.test}
                    </button>
                    <ConfirmButton
                      label={text.accounts.remove}
                      fullLabel={text.accounts.removeOf(account.name)}
                      question={text.accounts.removeAsk(account.name)}
                      note={text.accounts.removeNote}
                      onConfirm={() => remove.mutate(account)}
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {test.data !== undefined && (
        <section className="panel report" aria-label={text.connect.checks}>
          <header>
            <h2>{test.variables.name}</h2>
            <p role="status">{test.data.data.is_ok ? text.connect.allWorks : text.connect.someRefused}</p>
          </header>
          <AccessReport report={test.data.data} />
        </section>
      )}
    </>
  );
}

function Status({ status: { state, error } }: { status: AccountRow['status'] }) {
  if (state === 'UNKNOWN') return <Mark tone="quiet" word={text.accounts.states.UNKNOWN} />;
  const isOk = state === 'OK';
  return (
    <span title={error?.message}>
      <Mark tone={isOk ? 'good' : 'bad'} word={text.accounts.states[state]} />
    </span>
  );
}

function Used({ at }: { at: string | null }) {
  if (at === null) return text.settings.never;
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatAgo(at)}
    </time>
  );
}
