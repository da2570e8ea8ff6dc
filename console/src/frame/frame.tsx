import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { statusQuery } from '../api.ts';
import { text } from '../text.ts';
import { DemoBar } from './demo-bar.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';

export function Frame() {
  const status = useQuery(statusQuery).data;
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {text.frame.skip}
      </a>
      {status?.meta.demo && <DemoBar />}
      <Rail version={status?.data.version} />
      <TopBar status={status?.data} />
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
