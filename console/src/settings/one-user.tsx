import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { UserRow } from '../../../src/server/identity-api.ts';
import type { Role, UserState } from '../../../src/store/identity.ts';
import { send, usersQuery } from '../api.ts';
import { useSession } from '../session/session.ts';
import { text } from '../text.ts';
import { ApiKeys } from './api-keys.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { Problem } from './problem.tsx';
import { RoleField } from './role-field.tsx';
import { SetPassword } from './set-password.tsx';

export function OneUser({ user }: { user: UserRow }) {
  const isOwn = useSession()?.user?.id === user.id;
  return (
    <>
      <Access user={user} isOwn={isOwn} />
      {user.kind === 'PERSON' && !isOwn && <SetPassword user={user} />}
      {!isOwn && <ApiKeys path={`/users/${user.id}/api-keys`} />}
    </>
  );
}

function Access({ user, isOwn }: { user: UserRow; isOwn: boolean }) {
  const queries = useQueryClient();
  const [wanted, setWanted] = useState<Role>();
  const change = useMutation({
    mutationFn: (access: { readonly role?: Role; readonly state?: UserState }) =>
      send<UserRow>('PATCH', `/users/${user.id}`, access),
    onSuccess: async (_, { role }) => {
      await queries.invalidateQueries({ queryKey: usersQuery.queryKey });
      // What was chosen since it was sent is not saved yet.
      setWanted((now) => (now === role ? undefined : now));
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!change.isPending) change.mutate({ role: wanted ?? user.role });
  };
  return (
    <section className="panel">
      <header>
        <h2 className="breakable">{user.name}</h2>
        <small>
          {text.settings.kinds[user.kind]} · {text.roles[user.role]} · {text.settings.states[user.state]}
        </small>
      </header>
      {isOwn ? (
        <p className="summary">{text.settings.ownUser}</p>
      ) : (
        <>
          <form className="form in-line" onSubmit={submit}>
            <RoleField chosen={wanted ?? user.role} onChoose={setWanted} />
            <button type="submit">{text.settings.save}</button>
            {user.state === 'ENABLED' ? (
              <ConfirmButton
                label={text.settings.disable}
                question={text.settings.disableAsk(user.name)}
                note={text.settings.disableNote}
                onConfirm={() => change.mutate({ state: 'DISABLED' })}
              />
            ) : (
              <button type="button" onClick={() => change.mutate({ state: 'ENABLED' })}>
                {text.settings.enable}
              </button>
            )}
          </form>
          <Problem error={change.error} says={{ conflict: text.settings.lastAdmin }} />
          {change.isSuccess && wanted === undefined && (
            <p className="summary" role="status">
              {text.settings.saved}
            </p>
          )}
        </>
      )}
    </section>
  );
}
