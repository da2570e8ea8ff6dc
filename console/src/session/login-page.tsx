import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { GaugeMark } from '../frame/gauge-mark.tsx';
import { LanguageSwitch } from '../frame/language-switch.tsx';
import { ThemeSwitch } from '../frame/theme-switch.tsx';
import { text } from '../text.ts';
import { nextPath } from './next-path.ts';
import { PasswordSignIn } from './password-sign-in.tsx';
import { useSession } from './session.ts';

const route = getRouteApi('/login');

export function LoginPage() {
  const { next, problem, ended } = route.useSearch();
  const openid = useSession()?.openid ?? null;
  useEffect(() => {
    document.title = `${text.pages.signIn} · ${text.product}`;
  }, []);
  return (
    <main className="sign-in" id="content">
      <p className="brand">
        <GaugeMark />
        <span>{text.product}</span>
      </p>
      <div className="panel">
        <h1>{text.pages.signIn}</h1>
        {ended !== undefined && (
          <p role="status">{ended === 'by-hand' ? text.session.signedOut : text.session.expired}</p>
        )}
        {problem !== undefined && (
          <p className="problem" role="alert">
            {problemText(problem)}
          </p>
        )}
        <PasswordSignIn next={next} />
        {openid !== null && (
          <>
            <p className="or">{text.session.or}</p>
            <a
              className="button"
              href={`/api/login/oidc?${new URLSearchParams({ return_to: nextPath(next) })}`}
              rel="nofollow"
            >
              {text.session.openid(openid.name)}
            </a>
          </>
        )}
      </div>
      <div className="switches">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </main>
  );
}

function problemText(code: string): string {
  const { problems, unknownProblem } = text.session;
  return (Object.hasOwn(problems, code) ? problems[code] : undefined) ?? unknownProblem;
}
