import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { SessionReply } from '../../../src/server/identity-api.ts';
import { send } from '../api.ts';
import { text } from '../text.ts';
import { PasswordField } from './password-field.tsx';
import { Problem } from './problem.tsx';
import { textOf } from './text-of.ts';

export function ChangePassword({ email }: { email: string }) {
  const [changes, setChanges] = useState(0);
  const change = useMutation({
    mutationFn: (body: { readonly current: string; readonly next: string }) =>
      send<SessionReply>('POST', '/session/password', body),
    onSuccess: () => setChanges((count) => count + 1),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (!change.isPending) change.mutate({ current: textOf(form, 'current'), next: textOf(form, 'next') });
  };
  return (
    <form className="form" onSubmit={submit}>
      {/* Tells password managers whose it is. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <PasswordField
        key={`current ${changes}`}
        name="current"
        label={text.settings.current}
        autoComplete="current-password"
      />
      <PasswordField key={`next ${changes}`} name="next" label={text.settings.next} autoComplete="new-password" />
      <Problem
        error={change.error}
        says={{ secret_rejected: text.settings.wrongCurrent, invalid_input: text.settings.badPassword }}
      />
      {change.isSuccess && <p role="status">{text.settings.passwordChanged}</p>}
      <button type="submit" className="main">
        {text.settings.changePassword}
      </button>
    </form>
  );
}
