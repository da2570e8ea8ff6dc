import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { historyQuery } from '../api.ts';
import { DayChart } from '../server/day-chart.tsx';
import { text } from '../text.ts';

const usualDays = 28;
const route = getRouteApi('/servers');

/** CPU of the last weeks; a day without data stays open. */
export function PeekTrend({ id }: { id: string }) {
  const { win: days = usualDays } = route.useSearch();
  const { data } = useQuery(historyQuery(id, days));
  const [pointed, setPointed] = useState<number>();
  const history = data?.data;
  if (history === undefined) return null;
  return (
    <section className="panel">
      <header>
        <h2>{text.peek.trend(days)}</h2>
      </header>
      {history.series['cpu.utilization'] === undefined ? (
        <p className="summary">{text.history.noneInSection}</p>
      ) : (
        <div className="chart-body">
          <DayChart metric="cpu.utilization" history={history} pointed={pointed} onPoint={setPointed} />
        </div>
      )}
    </section>
  );
}
