import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SourceRow, SourceTest } from '../../../src/server/source-api.ts';
import { AccessReport } from '../accounts/access-report.tsx';
import { send, sourcesKey } from '../api.ts';
import { formatCount } from '../format.ts';
import { FailureNotice } from '../parts/notices.tsx';
import { text } from '../text.ts';
import { nameOf } from './source-words.ts';

/** Asks a source now, with the accounts that are saved. */
export function useSourceTest() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (source: SourceRow) => send<SourceTest>('POST', `/sources/${encodeURIComponent(source.id)}/test`),
    onSettled: () => queries.invalidateQueries({ queryKey: sourcesKey }),
  });
}

/** What each call came to, and what helps where one was refused. */
export function TestResult({ test }: { test: ReturnType<typeof useSourceTest> }) {
  const { variables: source, data, error, isPending } = test;
  if (source === undefined) return null;
  const { accounts = [], account_count = 0 } = data?.data ?? {};
  return (
    <section className="panel test-result" aria-label={text.sources.testOf(nameOf(source))}>
      <header>
        <h2>{text.sources.testOf(nameOf(source))}</h2>
        <p role="status">
          {isPending ? text.connect.asking : data?.data.is_ok ? text.connect.allWorks : text.connect.someRefused}
          {!isPending &&
            account_count > accounts.length &&
            ` ${text.sources.tested(formatCount(accounts.length), formatCount(account_count))}`}
        </p>
      </header>
      {error !== null && <FailureNotice error={error} />}
      {!isPending &&
        accounts.map(({ name, report, not_called }) => (
          <div key={name} className="tested">
            <h3>{name}</h3>
            <AccessReport report={report} />
            {not_called.length > 0 && <p className="summary">{text.sources.notCalled(not_called.join(', '))}</p>}
          </div>
        ))}
    </section>
  );
}
