import { Link } from '@tanstack/react-router';
import type { AccountDetail } from '../../../src/server/account-api.ts';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { text } from '../text.ts';

/** What its last run opened, and where more is told of each. */
export function AccountPlaces({ account: { provider, opens } }: { account: AccountDetail }) {
  return (
    <section className="panel">
      <header>
        <h2>{text.accounts.opens}</h2>
        <Link to="/sources/$id" params={{ id: provider }}>
          {text.accounts.source}
        </Link>
      </header>
      {opens.length === 0 ? (
        <p className="summary">{text.accounts.opensNone}</p>
      ) : (
        <ScrollTable label={text.accounts.opens}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text.accounts.account}</th>
                <th scope="col">{text.accounts.more}</th>
              </tr>
            </thead>
            <tbody>
              {opens.map((id) => (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td>
                    <Link
                      to="/servers"
                      search={{ q: `account:"${id.replaceAll('"', '')}"` }}
                      aria-label={text.accounts.serversOf(id)}
                    >
                      {text.pages.servers}
                    </Link>{' '}
                    ·{' '}
                    <Link to="/errors" search={{ provider, account: id }} aria-label={text.accounts.errorsOf(id)}>
                      {text.errors.title}
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollTable>
      )}
    </section>
  );
}
