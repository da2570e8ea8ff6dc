import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { accountsQuery, jobsQuery, schedulesQuery } from '../api.ts';
import { keptFlag } from '../frame/kept-flag.ts';
import { onSavedViews, savedViews } from '../servers/saved-views.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';

const dismissed = keptFlag('fleetgauge.first-steps');

const steps = [
  { name: 'connect', to: '/accounts/new' },
  { name: 'test', to: '/accounts' },
  { name: 'estimate', to: '/jobs/new' },
  { name: 'collect', to: '/jobs/new' },
  { name: 'view', to: '/servers' },
  { name: 'schedule', to: '/jobs/schedules' },
] as const;

/** From nothing to a fleet that reads itself every day: what is done is ticked off, and whoever knows better puts it away. */
export function FirstSteps() {
  const isDismissed = useSyncExternalStore(dismissed.subscribe, dismissed.isOn);
  const isAdmin = useMay('admin');
  return isDismissed || !isAdmin ? null : <Steps />;
}

function Steps() {
  const done = useDone();
  if (done === undefined || steps.every(({ name }) => done[name])) return null;
  const next = steps.find(({ name }) => !done[name]);
  return (
    <section className="panel first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">{text.firstSteps.title}</h2>
      <ol>
        {steps.map(({ name, to }) => (
          <li key={name} className={done[name] ? 'done' : undefined}>
            <svg className="step-sign" viewBox="0 0 16 16" aria-hidden="true">
              <path d={done[name] ? 'M3.5 8.5 7 12l6-8' : 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3'} />
            </svg>
            {done[name] ? (
              <span>
                {text.firstSteps.steps[name]} <span className="unseen">{text.firstSteps.done}</span>
              </span>
            ) : (
              <Link to={to} aria-current={name === next?.name ? 'step' : undefined}>
                {text.firstSteps.steps[name]}
              </Link>
            )}
          </li>
        ))}
      </ol>
      <button type="button" className="plain" onClick={() => dismissed.turn(true)}>
        {text.firstSteps.dismiss}
      </button>
    </section>
  );
}

type Done = Readonly<Record<(typeof steps)[number]['name'], boolean>>;

/** Of real accounts and runs: what the demo did is nothing that a reader has done. */
function useDone(): Done | undefined {
  const accounts = useQuery(accountsQuery).data;
  const jobs = useQuery(jobsQuery(undefined)).data?.data;
  const schedules = useQuery(schedulesQuery).data?.data;
  const hasView = useSyncExternalStore(onSavedViews, savedViews).length > 0;
  if (accounts === undefined || jobs === undefined || schedules === undefined) return undefined;
  const own = accounts.meta.demo ? [] : accounts.data;
  const hasRun = jobs.some(({ demo }) => !demo);
  return {
    connect: own.length > 0,
    test: own.some(({ status }) => status.state === 'OK'),
    // Every run begins with its estimate.
    estimate: hasRun,
    collect: hasRun,
    view: hasView,
    schedule: schedules.length > 0,
  };
}
