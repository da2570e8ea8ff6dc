import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AccountRow } from '../../../src/server/account-api.ts';
import { accountsQuery, send } from '../api.ts';
import { Answer } from '../parts/answer.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { accountAddress } from './account-address.ts';
import { AccountStatus } from './account-status.tsx';
import { Expiry } from './expiry.tsx';
import { LiveTest } from './live-test.tsx';
import { Moment } from './moment.tsx';
import { useAccessTest } from './use-access-test.ts';
import { useAccountsChanged } from './use-accounts-changed.ts';

/** The clouds that are connected, and whether their keys still work. */
export function AccountsPage() {
  usePageTitle(text.accounts.title);
  const accounts = useQuery(accountsQuery);
  const isDemo = accounts.data?.meta.demo;
  const isAdmin = useMay('admin');
  return (
    <div className="accounts">
      <header className="page-head">
        <h1>{text.accounts.title}</h1>
        {isAdmin && isDemo === false && (
          <Link className="button" to="/accounts/new">
            {text.accounts.add}
          </Link>
        )}
      </header>
      {isDemo === true && (
        <EmptyNotice title={text.accounts.demo}>
          <p>{text.accounts.demoFix}</p>
          <code>fleetgauge up --no-demo</code>
        </EmptyNotice>
      )}
      <Answer asked={accounts} rows={4}>
        {({ data, meta }) =>
          data.length === 0 ? (
            <EmptyNotice title={text.accounts.none}>
              <p>{text.accounts.noneFix}</p>
              <code>fleetgauge account add aws --profile default</code>
            </EmptyNotice>
          ) : (
            <AccountTable accounts={data} isDemo={meta.demo} mayManage={isAdmin && !meta.demo} />
          )
        }
      </Answer>
    </div>
  );
}

const columns = ['name', 'cloud', 'account', 'key', 'status', 'until', 'lastUsed', 'lastRun'] as const;

interface AccountTableProps {
  readonly accounts: readonly AccountRow[];
  readonly isDemo: boolean;
  readonly mayManage: boolean;
}

function AccountTable({ accounts, isDemo, mayManage }: AccountTableProps) {
  const refresh = useAccountsChanged();
  const [tested, setTested] = useState<AccountRow>();
  const test = useAccessTest(refresh);
  const isAsking = test.phase === 'asking';
  const remove = useMutation({
    mutationFn: ({ id }: AccountRow) => send<AccountRow>('DELETE', `/accounts/${id}`),
    onSettled: refresh,
  });
  return (
    <>
      <Problem error={remove.error} />
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
                <th scope="row">
                  <Link to="/accounts/$id" params={{ id: accountAddress(account) }}>
                    {account.name}
                  </Link>
                  {isDemo && <span className="chip">{text.frame.demo}</span>}
                </th>
                <td>{text.connect.clouds[account.provider] ?? account.provider}</td>
                <td className="principal">{account.account}</td>
                <td>{account.key_hint === null ? '–' : `****${account.key_hint}`}</td>
                <td>
                  <AccountStatus status={account.status} />
                </td>
                <td>
                  <Expiry expires={account.expires} />
                </td>
                <td>{account.last_used_at === null ? text.settings.never : <Moment at={account.last_used_at} />}</td>
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
                      aria-disabled={isAsking}
                      onClick={() => {
                        if (isAsking) return;
                        setTested(account);
                        test.start({ account: account.id });
                      }}
                    >
                      {isAsking && tested?.id === account.id ? text.accounts.testing : text.accounts.test}
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
      {test.phase !== 'idle' && <LiveTest title={tested?.name ?? ''} test={test} />}
    </>
  );
}
