import { text } from '../text.ts';
import { useSession, useSignOut } from './session.ts';

/** Who is signed in; nothing where nobody has to. */
export function Who() {
  const session = useSession();
  const signOut = useSignOut();
  if (session === undefined || session.user === null || session.role === null) return null;
  return (
    <section className="who" aria-label={text.session.signedInAs}>
      <b title={session.user.name}>{session.user.name}</b>
      <span>{text.roles[session.role]}</span>
      <button type="button" onClick={() => signOut.mutate()}>
        {text.session.signOut}
      </button>
      {signOut.error !== null && <p role="alert">{signOut.error.message}</p>}
    </section>
  );
}
