import { useQuery } from '@tanstack/react-query';
import { getRouteApi, linkOptions } from '@tanstack/react-router';
import { useState } from 'react';
import type { MetricKey } from '../../../src/model/metric.ts';
import type { InventoryRecord } from '../../../src/model/record.ts';
import type { ServerHistory } from '../../../src/server/api.ts';
import { longestHistory } from '../addresses.ts';
import { historyQuery } from '../api.ts';
import { isMetricKey } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { ChartOrTable } from '../parts/chart-or-table.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { WindowPicker } from '../parts/window-picker.tsx';
import { text } from '../text.ts';
import { ChangePanel } from './change-panel.tsx';
import { DayChart } from './day-chart.tsx';
import { DayTable } from './day-table.tsx';
import { SizeStrips } from './size-strips.tsx';

const route = getRouteApi('/servers/$id');
const usualSpan = 14;
const spanOf = (id: string, win: number) =>
  linkOptions({ to: '/servers/$id', params: { id }, search: { tab: 'history', win } });

const sections = ['cpu', 'memory', 'disk', 'network'] as const;

export function HistoryTab({ id, record }: { id: string; record: InventoryRecord }) {
  const { win = usualSpan } = route.useSearch();
  const history = useQuery(historyQuery(id, win));
  return (
    <>
      <WindowPicker label={text.history.days} win={win} most={longestHistory} linkTo={(days) => spanOf(id, days)} />
      <Answer asked={history} rows={8}>
        {({ data }) => (
          <div className={history.isPlaceholderData ? 'stale' : undefined}>
            <History history={data} record={record} />
          </div>
        )}
      </Answer>
    </>
  );
}

function History({ history, record }: { history: ServerHistory; record: InventoryRecord }) {
  const [pointed, setPointed] = useState<number>();
  const keys = Object.keys(history.series).filter(isMetricKey);
  if (keys.length === 0) {
    return (
      <>
        {history.changes.length > 0 && <ChangePanel changes={history.changes} />}
        <EmptyNotice title={text.history.none}>
          <p>{text.history.noneFix}</p>
        </EmptyNotice>
      </>
    );
  }
  return (
    <div className="history">
      {history.changes.length > 0 && <ChangePanel changes={history.changes} />}
      {history.sizes.length > 0 && <SizeStrips sizes={history.sizes} />}
      {sections.map((section) => (
        <ChartOrTable
          key={section}
          title={text.sections[section]}
          summary={keys.some(within(section)) ? text.history.legend : reasonOf(section, record)}
          chart={keys
            .filter(within(section))
            .map((key) => <DayChart key={key} metric={key} history={history} pointed={pointed} onPoint={setPointed} />)}
          table={<DayTable keys={keys.filter(within(section))} history={history} />}
        />
      ))}
    </div>
  );
}

type Section = (typeof sections)[number];

function within(section: Section) {
  return (key: MetricKey): boolean => key.startsWith(`${section}.`);
}

/** Why no day of a section has data, where the newest run knows it. */
function reasonOf(section: Section, { data }: InventoryRecord): string {
  const [first] = Object.entries(data.monitoring_info?.metrics ?? {})
    .filter(([key]) => key.startsWith(`${section}.`))
    .flatMap(([, info]) => ('missing' in info ? [info.missing] : []));
  return first === undefined ? text.history.noneInSection : text.missing[first].long;
}
