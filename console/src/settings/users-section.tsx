import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { UserRow } from '../../../src/server/identity-api.ts';
import { usersQuery } from '../api.ts';
import { formatAgo, formatTime } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { useSession } from '../session/session.ts';
import { text } from '../text.ts';
import { AddUser } from './add-user.tsx';
import { OneUser } from './one-user.tsx';

const route = getRouteApi('/settings/$section');

export function UsersSection() {
  const { user: wanted } = route.useSearch();
  const users = useQuery(usersQuery);
  return (
    <Answer asked={users} rows={6}>
      {({ data }) => (wanted === undefined ? <AllUsers users={data} /> : <WantedUser id={wanted} users={data} />)}
    </Answer>
  );
}

function WantedUser({ id: wanted, users }: { id: string; users: readonly UserRow[] }) {
  const user = users.find(({ id }) => id === wanted);
  return (
    <div className="sections">
      <p>
        <Link to="/settings/$section" params={{ section: 'users' }}>
          ← {text.settings.allUsers}
        </Link>
      </p>
      {user === undefined ? <p>{text.settings.noUser}</p> : <OneUser key={user.id} user={user} />}
    </div>
  );
}

function AllUsers({ users }: { users: readonly UserRow[] }) {
  const own = useSession()?.user?.id;
  return (
    <div className="sections">
      {users.length === 0 ? (
        <div className="notice">
          <h2>{text.settings.noUsers}</h2>
          <p>{text.settings.noUsersNote}</p>
        </div>
      ) : (
        <section className="table-scroll" aria-label={text.settings.users}>
          <table>
            <thead>
              <tr>
                <th scope="col" className="pinned">
                  {text.settings.name}
                </th>
                <th scope="col">{text.settings.role}</th>
                <th scope="col">{text.settings.state}</th>
                <th scope="col">{text.settings.signsInBy}</th>
                <th scope="col">{text.settings.lastSignIn}</th>
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <UserLine key={user.id} user={user} isOwn={user.id === own} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      <AddUser isFirst={users.length === 0} />
    </div>
  );
}

function UserLine({ user, isOwn }: { user: UserRow; isOwn: boolean }) {
  return (
    <tr>
      <th scope="row" className="pinned breakable">
        <Link to="/settings/$section" params={{ section: 'users' }} search={{ user: user.id }}>
          {user.name}
        </Link>
        {isOwn && <small> ({text.settings.you})</small>}
      </th>
      <td>{text.roles[user.role]}</td>
      <td>
        <span className={user.state === 'DISABLED' ? 'state warn' : undefined}>{text.settings.states[user.state]}</span>
      </td>
      <td>{waysOf(user).join(', ')}</td>
      <td>
        {user.last_login_at === null ? (
          text.settings.never
        ) : (
          <time dateTime={user.last_login_at} title={formatTime(user.last_login_at)}>
            {formatAgo(user.last_login_at)}
          </time>
        )}
      </td>
    </tr>
  );
}

function waysOf(user: UserRow): readonly string[] {
  if (user.kind === 'SERVICE') return [text.settings.byKeys];
  const ways = [
    ...(user.has_password ? [text.settings.byPassword] : []),
    ...(user.openid_issuer === null ? [] : [user.openid_issuer]),
  ];
  return ways.length === 0 ? [text.settings.byNothing] : ways;
}
