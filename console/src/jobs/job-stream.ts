import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { JobChange, JobDetail, JobEvents, Reply } from '../../../src/server/api.ts';
import { jobQuery, statusQuery, summaryQuery } from '../api.ts';

export type StreamState = 'off' | 'live' | 'lost';

/** How long to wait where the browser itself gave up, in milliseconds. */
const retryMs = 4_000;

/** Keeps a running job up to date by the server's events. */
export function useJobStream(id: number, isRunning: boolean): StreamState {
  const queries = useQueryClient();
  const [state, setState] = useState<StreamState>('off');
  useEffect(() => {
    if (!isRunning) {
      setState('off');
      return;
    }
    const { queryKey } = jobQuery(id);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource;
    const open = () => {
      source = new EventSource(`/api/jobs/${id}/events`);
      source.onopen = () => setState('live');
      source.onerror = () => {
        setState('lost');
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, retryMs);
      };
      on(source, 'snapshot', (reply) => queries.setQueryData(queryKey, reply));
      on(source, 'change', (change) => queries.setQueryData(queryKey, (kept) => kept && changed(kept, change.data)));
      on(source, 'end', () => {
        source.close();
        setState('off');
        for (const { queryKey } of [statusQuery, summaryQuery]) void queries.invalidateQueries({ queryKey });
      });
    };
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [id, isRunning, queries]);
  return state;
}

function on<N extends keyof JobEvents>(source: EventSource, name: N, told: (data: JobEvents[N]) => void): void {
  source.addEventListener(name, (event) => told(JSON.parse(event.data)));
}

function changed({ data, meta }: Reply<JobDetail>, { job, tasks, ledger }: JobChange): Reply<JobDetail> {
  const news = new Map(tasks.map((task) => [task.id, task]));
  return {
    meta,
    data: { job, tasks: data.tasks.map((task) => news.get(task.id) ?? task), ledger: ledger ?? data.ledger },
  };
}
