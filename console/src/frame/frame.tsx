import { useQuery } from '@tanstack/react-query';
import { Outlet, useMatch } from '@tanstack/react-router';
import { sessionQuery, statusQuery } from '../api.ts';
import { loginPath } from '../session/gate.ts';
import { text } from '../text.ts';
import { DemoBar } from './demo-bar.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';

/** Around every page but that for signing in: until then the fleet says nothing. */
export function Frame() {
  const isBare = useMatch({ from: loginPath, shouldThrow: false }) !== undefined;
  return isBare ? <Outlet /> : <WholeFrame />;
}

function WholeFrame() {
  const status = useQuery(statusQuery).data;
  // Every answer says it: that about the session is there before the first page, so that nothing moves when the status comes.
  const session = useQuery(sessionQuery).data;
  const isDemo = (status ?? session)?.meta.demo;
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {text.frame.skip}
      </a>
      {isDemo && <DemoBar />}
      <Rail version={status?.data.version} />
      <TopBar status={status?.data} />
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
