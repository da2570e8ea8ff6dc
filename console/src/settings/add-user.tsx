import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { UserRow } from '../../../src/server/identity-api.ts';
import type { Role, UserKind } from '../../../src/store/identity.ts';
import { send, usersQuery } from '../api.ts';
import { useSession } from '../session/session.ts';
import { text } from '../text.ts';
import { PasswordField } from './password-field.tsx';
import { Problem } from './problem.tsx';
import { RoleField, roleOf } from './role-field.tsx';
import { ShownOnce } from './shown-once.tsx';
import { textOf } from './text-of.ts';

interface NewUser {
  readonly kind: UserKind;
  readonly name: string;
  readonly role: Role;
  readonly password?: string;
}

/** @param isFirst the first of all: a person, an admin, with a password */
export function AddUser({ isFirst }: { isFirst: boolean }) {
  const queries = useQueryClient();
  const openid = useSession()?.openid ?? null;
  const [kind, setKind] = useState<UserKind>('PERSON');
  const [wantsPassword, setWantsPassword] = useState(true);
  const [added, setAdded] = useState(0);
  const hasPassword = kind === 'PERSON' && wantsPassword;
  const add = useMutation({
    mutationFn: (draft: NewUser) => send<UserRow>('POST', '/users', draft),
    onSuccess: () => {
      setAdded((count) => count + 1);
      return queries.invalidateQueries({ queryKey: usersQuery.queryKey });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (add.isPending) return;
    add.mutate({
      kind,
      name: textOf(form, 'name').trim(),
      role: isFirst ? 'admin' : roleOf(textOf(form, 'role')),
      ...(hasPassword ? { password: textOf(form, 'password') } : {}),
    });
  };
  return (
    <section className="panel">
      <header>
        <h2>{text.settings.addUser}</h2>
      </header>
      <form className="form" key={added} onSubmit={submit}>
        {!isFirst && (
          <label>
            <span className="filter-name">{text.settings.kind}</span>
            <select value={kind} onChange={({ target }) => setKind(target.value === 'SERVICE' ? 'SERVICE' : 'PERSON')}>
              <option value="PERSON">{text.settings.kinds.PERSON}</option>
              <option value="SERVICE">{text.settings.kinds.SERVICE}</option>
            </select>
          </label>
        )}
        {kind === 'PERSON' ? (
          <label key="email">
            <span className="filter-name">{text.session.email}</span>
            <input type="email" name="name" required maxLength={254} autoComplete="off" />
          </label>
        ) : (
          <label key="service">
            <span className="filter-name">{text.settings.serviceName}</span>
            <input
              type="text"
              name="name"
              required
              maxLength={63}
              pattern="[a-z0-9][a-z0-9._\-]*"
              autoComplete="off"
              spellCheck={false}
            />
          </label>
        )}
        {!isFirst && <RoleField chosen="viewer" />}
        {!isFirst && kind === 'PERSON' && openid !== null && (
          <label>
            <span className="filter-name">{text.settings.passwordKind}</span>
            <select
              value={wantsPassword ? 'password' : 'openid'}
              onChange={({ target }) => setWantsPassword(target.value === 'password')}
            >
              <option value="password">{text.settings.withPassword}</option>
              <option value="openid">{text.settings.openidOnly}</option>
            </select>
          </label>
        )}
        {hasPassword && (
          <PasswordField name="password" label={text.session.password} autoComplete="new-password" canMake={!isFirst} />
        )}
        <Problem error={add.error} says={{ conflict: text.settings.taken, invalid_input: text.settings.badPassword }} />
        <button type="submit" className="main">
          {text.settings.add}
        </button>
      </form>
      {add.isSuccess && <Added user={add.data.data} password={add.variables.password} />}
    </section>
  );
}

function Added({ user, password }: { user: UserRow; password: string | undefined }) {
  return (
    <div className="summary">
      <p role="status">{text.settings.added(user.name)}</p>
      {password !== undefined && (
        <ShownOnce key={user.id} label={text.session.password} note={text.settings.handOver} value={password} />
      )}
    </div>
  );
}
