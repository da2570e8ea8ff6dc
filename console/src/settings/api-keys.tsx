import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ApiKeyRow } from '../../../src/server/identity-api.ts';
import { apiKeysQuery, type KeysPath, send } from '../api.ts';
import { formatAgo, formatTime } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { text } from '../text.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { NewApiKey } from './new-api-key.tsx';
import { Problem } from './problem.tsx';

export function ApiKeys({ path }: { path: KeysPath }) {
  const keys = useQuery(apiKeysQuery(path));
  return (
    <section className="panel">
      <header>
        <h2>{text.settings.apiKeys}</h2>
      </header>
      <p className="summary">{text.settings.apiKeysNote}</p>
      <NewApiKey path={path} />
      <Answer asked={keys} rows={2}>
        {({ data }) =>
          data.length === 0 ? <p className="summary">{text.settings.noKeys}</p> : <KeyTable path={path} keys={data} />
        }
      </Answer>
    </section>
  );
}

function KeyTable({ path, keys }: { path: KeysPath; keys: readonly ApiKeyRow[] }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: (id: string) => send<null>('DELETE', `${path}/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: apiKeysQuery(path).queryKey }),
  });
  return (
    <>
      <Problem error={revoke.error} />
      <section className="table-scroll" aria-label={text.settings.apiKeys}>
        <table>
          <thead>
            <tr>
              <th scope="col">{text.settings.keyName}</th>
              <th scope="col">{text.settings.keyCreated}</th>
              <th scope="col">{text.settings.keyUsed}</th>
              <th scope="col">{text.settings.keyExpires}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key.id}>
                <th scope="row">
                  {key.name} {key.form !== 'OPAQUE' && <small>{text.settings.platformKey}</small>}
                </th>
                <td>
                  <Time at={key.created_at} />
                </td>
                <td>
                  <Time at={key.last_used_at} />
                </td>
                <td>
                  <Time at={key.expires_at} />
                </td>
                <td className="number">
                  <ConfirmButton
                    label={text.settings.revoke}
                    fullLabel={text.settings.revokeOf(key.name)}
                    question={text.settings.revokeAsk(key.name)}
                    note={text.settings.revokeNote}
                    onConfirm={() => revoke.mutate(key.id)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Time({ at }: { at: string | null }) {
  if (at === null) return text.settings.never;
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatAgo(at)}
    </time>
  );
}
