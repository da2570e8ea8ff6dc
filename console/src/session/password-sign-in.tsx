import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef } from 'react';
import type { SessionReply } from '../../../src/server/identity-api.ts';
import { ApiError, send, sessionQuery } from '../api.ts';
import { formatSeconds } from '../format.ts';
import { text } from '../text.ts';
import { nextPath } from './next-path.ts';
import { useSecondsLeft } from './seconds-left.ts';

interface Given {
  readonly email: string;
  readonly password: string;
}

export function PasswordSignIn({ next }: { next: string | undefined }) {
  const queries = useQueryClient();
  const router = useRouter();
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  useEffect(() => email.current?.focus(), []);
  const signIn = useMutation({
    mutationFn: (given: Given) => send<SessionReply>('POST', '/login', given),
    onSuccess: (reply) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, reply);
      return router.navigate({ href: nextPath(next), replace: true });
    },
    onError: () => password.current?.select(),
  });
  const left = useSecondsLeft(signIn.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (signIn.isPending || left > 0) return;
    signIn.mutate({ email: email.current?.value ?? '', password: password.current?.value ?? '' });
  };
  const isWrong = signIn.error instanceof ApiError && signIn.error.report.code === 'secret_rejected';
  return (
    <form className="form" onSubmit={submit}>
      <label>
        <span className="filter-name">{text.session.email}</span>
        <input
          ref={email}
          type="email"
          name="email"
          autoComplete="username"
          required
          maxLength={254}
          aria-invalid={isWrong}
        />
      </label>
      <label>
        <span className="filter-name">{text.session.password}</span>
        <input
          ref={password}
          type="password"
          name="password"
          autoComplete="current-password"
          required
          maxLength={1024}
          aria-invalid={isWrong}
        />
      </label>
      {signIn.error !== null && (
        <p className="problem" role="alert">
          {problemOf(signIn.error, left)}
        </p>
      )}
      <button type="submit" className="main" aria-disabled={signIn.isPending || left > 0}>
        {left > 0 ? text.session.signInIn(formatSeconds(left)) : text.session.signIn}
      </button>
      <small>{text.session.forgotten}</small>
    </form>
  );
}

/** Told once, with the whole time to wait; the button counts down. */
function problemOf(error: Error, left: number): string {
  if (!(error instanceof ApiError)) return error.message;
  if (error.report.code === 'secret_rejected') return text.session.wrong;
  if (error.retryAfter === undefined) return [error.report.message, error.report.fix].filter(Boolean).join(' ');
  return left > 0 ? text.session.wait(formatSeconds(error.retryAfter)) : text.session.waited;
}
