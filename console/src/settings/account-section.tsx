import type { SessionReply } from '../../../src/server/identity-api.ts';
import { formatTime } from '../format.ts';
import { useSignOut } from '../session/session.ts';
import { text } from '../text.ts';
import { ApiKeys } from './api-keys.tsx';
import { ChangePassword } from './change-password.tsx';
import { Problem } from './problem.tsx';

export function AccountSection({ session: { user, role, expires_at } }: { session: SessionReply }) {
  const signOut = useSignOut();
  if (user === null || role === null) return null;
  return (
    <div className="sections">
      <section className="panel">
        <header>
          <h2>{text.settings.who}</h2>
          <button type="button" onClick={() => signOut.mutate()}>
            {text.session.signOut}
          </button>
        </header>
        <Problem error={signOut.error} />
        <dl className="facts">
          <div>
            <dt>{text.session.email}</dt>
            <dd>{user.name}</dd>
          </div>
          <div>
            <dt>{text.settings.role}</dt>
            <dd>
              {text.roles[role]} <small>{text.rolesMay[role]}</small>
            </dd>
          </div>
          {expires_at !== null && (
            <div>
              <dt>{text.settings.until}</dt>
              <dd>
                <time dateTime={expires_at}>{formatTime(expires_at)}</time>
              </dd>
            </div>
          )}
        </dl>
      </section>
      <section className="panel">
        <header>
          <h2>{text.settings.changePassword}</h2>
        </header>
        {user.has_password ? (
          <ChangePassword email={user.name} />
        ) : (
          <p className="summary">{text.settings.noPassword(user.openid_issuer ?? 'OpenID')}</p>
        )}
      </section>
      <ApiKeys path="/api-keys" />
    </div>
  );
}
