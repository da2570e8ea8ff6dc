import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { AccountDetail, AccountRow } from '../../../src/server/account-api.ts';
import { accountQuery, accountsQuery, send } from '../api.ts';
import { Answer } from '../parts/answer.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { AccountFacts } from './account-facts.tsx';
import { AccountPlaces } from './account-places.tsx';
import { AccountRuns } from './account-runs.tsx';
import { AccountStatus } from './account-status.tsx';
import { LiveTest } from './live-test.tsx';
import { RotatePanel } from './rotate-panel.tsx';
import { useAccessTest } from './use-access-test.ts';
import { useAccountsChanged } from './use-accounts-changed.ts';

const route = getRouteApi('/accounts/$id');

/** How one account gets in, whether it still does and until when, and what was read by it. */
export function AccountPage() {
  const { id } = route.useParams();
  const asked = useQuery(accountQuery(id));
  usePageTitle(asked.data?.data.name ?? text.accounts.title);
  return (
    <Answer asked={asked} rows={8} isPage>
      {({ data, meta }) => <Account account={data} isDemo={meta.demo} />}
    </Answer>
  );
}

function Account({ account, isDemo }: { account: AccountDetail; isDemo: boolean }) {
  const { id, name, provider, status } = account;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const refresh = useAccountsChanged();
  const test = useAccessTest(refresh);
  const remove = useMutation({
    mutationFn: () => send<AccountRow>('DELETE', `/accounts/${id}`),
    onSuccess: async () => {
      queries.setQueryData(
        accountsQuery.queryKey,
        (known) => known && { ...known, data: known.data.filter((each) => each.id !== id) },
      );
      await navigate({ to: '/accounts' });
      refresh();
    },
  });
  const mayManage = useMay('admin') && !isDemo;
  return (
    <div className="accounts">
      <header className="page-head">
        <h1>{name}</h1>
        {isDemo && <span className="chip">{text.frame.demo}</span>}
        <AccountStatus status={status} />
        {mayManage && (
          <p className="page-links">
            <button
              type="button"
              aria-disabled={test.phase === 'asking'}
              onClick={() => {
                if (test.phase !== 'asking') test.start({ account: id });
              }}
            >
              {text.accounts.test}
            </button>
            <ConfirmButton
              label={text.accounts.remove}
              question={text.accounts.removeAsk(name)}
              note={text.accounts.removeNote}
              onConfirm={() => remove.mutate()}
            />
          </p>
        )}
      </header>
      <Problem error={remove.error} />
      {status.error !== null && test.phase === 'idle' && (
        <p className="problem">
          {status.error.message}
          {status.error.fix !== undefined && ` ${text.runs.fix} ${status.error.fix}`}
        </p>
      )}
      {test.phase !== 'idle' && <LiveTest title={text.connect.clouds[provider] ?? provider} test={test} />}
      <AccountFacts account={account} />
      {mayManage && <RotatePanel account={account} onDone={refresh} />}
      <AccountPlaces account={account} />
      <AccountRuns runs={account.runs} />
    </div>
  );
}
