import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { NewApiKeyReply } from '../../../src/server/identity-api.ts';
import { apiKeysQuery, type KeysPath, send } from '../api.ts';
import { text } from '../text.ts';
import { Problem } from './problem.tsx';
import { ShownOnce } from './shown-once.tsx';
import { textOf } from './text-of.ts';

const lives = [30, 90, 365] as const;
const dayMs = 86_400_000;

export function NewApiKey({ path }: { path: KeysPath }) {
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: (body: { readonly name: string; readonly expires_at?: string }) =>
      send<NewApiKeyReply>('POST', path, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: apiKeysQuery(path).queryKey }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const days = Number(textOf(form, 'days'));
    const end = days === 0 ? {} : { expires_at: new Date(Date.now() + days * dayMs).toISOString() };
    if (!create.isPending) create.mutate({ name: textOf(form, 'name'), ...end });
  };
  return (
    <>
      <form className="form in-line" onSubmit={submit}>
        <label>
          <span className="filter-name">{text.settings.keyName}</span>
          <input type="text" name="name" required maxLength={100} autoComplete="off" />
        </label>
        <label>
          <span className="filter-name">{text.settings.keyExpires}</span>
          <select name="days" defaultValue="90">
            {lives.map((days) => (
              <option key={days} value={days}>
                {text.history.lastDays(days)}
              </option>
            ))}
            <option value="0">{text.settings.never}</option>
          </select>
        </label>
        <button type="submit">{text.settings.createKey}</button>
      </form>
      <Problem error={create.error} />
      {create.data !== undefined && (
        <div className="summary">
          <ShownOnce
            key={create.data.data.id}
            label={text.settings.theKey}
            note={text.settings.created}
            value={create.data.data.secret}
          />
          <p>
            {text.settings.usage} <code>Authorization: Bearer …</code>
          </p>
        </div>
      )}
    </>
  );
}
