import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { UserRow } from '../../../src/server/identity-api.ts';
import { send, usersQuery } from '../api.ts';
import { text } from '../text.ts';
import { PasswordField } from './password-field.tsx';
import { Problem } from './problem.tsx';
import { ShownOnce } from './shown-once.tsx';
import { textOf } from './text-of.ts';

export function SetPassword({ user }: { user: UserRow }) {
  const queries = useQueryClient();
  const set = useMutation({
    mutationFn: (password: string) => send<UserRow>('POST', `/users/${user.id}/password`, { password }),
    onSuccess: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!set.isPending) set.mutate(textOf(new FormData(event.currentTarget), 'password'));
  };
  return (
    <section className="panel">
      <header>
        <h2>{text.settings.resetPassword}</h2>
      </header>
      <p className="summary">{text.settings.resetNote}</p>
      {set.isSuccess ? (
        <div className="summary">
          <p role="status">{text.settings.resetDone}</p>
          <ShownOnce label={text.session.password} note={text.settings.handOver} value={set.variables} />
        </div>
      ) : (
        <form className="form" onSubmit={submit}>
          <PasswordField name="password" label={text.settings.next} autoComplete="new-password" canMake />
          <Problem error={set.error} says={{ invalid_input: text.settings.badPassword }} />
          <button type="submit" className="main">
            {text.settings.resetPassword}
          </button>
        </form>
      )}
    </section>
  );
}
