import { useState } from 'react';
import type { RightsizingDetail } from '../../../src/server/rightsizing-api.ts';
import { formatMetric, formatPart } from '../format.ts';
import { ChartOrTable } from '../parts/chart-or-table.tsx';
import { DayChart } from '../server/day-chart.tsx';
import { DayTable } from '../server/day-table.tsx';
import { text } from '../text.ts';
import { type Projection, SizeChart, SizeTable } from './size-chart.tsx';

const networkKeys = ['network.received_throughput', 'network.sent_throughput'] as const;

/** The days that led to a verdict: percent of the size that it has, and of the one that is suggested, on the same axis. */
export function SeriesPanels({ detail }: { detail: RightsizingDetail }) {
  const [pointed, setPointed] = useState<number>();
  const { series, policy, network } = detail;
  const history = { days: series.days, series: series.metrics };
  const measured = networkKeys.filter((key) => series.metrics[key] !== undefined);
  const words = text.rightsizing;
  return (
    <div className="history">
      <LoadPanel detail={detail} metric="cpu.utilization" pointed={pointed} onPoint={setPointed} />
      <LoadPanel detail={detail} metric="memory.usage" pointed={pointed} onPoint={setPointed} />
      <ChartOrTable
        title={words.series.network}
        summary={
          network === null
            ? words.noSeries
            : words.networkSummary(
                formatMetric(networkKeys[0], network.max),
                formatMetric(networkKeys[0], policy.idle_network_bytes_per_second),
              )
        }
        chart={measured.map((key) => (
          <DayChart key={key} metric={key} history={history} pointed={pointed} onPoint={setPointed} />
        ))}
        table={<DayTable keys={measured} history={history} />}
      />
    </div>
  );
}

interface LoadPanelProps {
  readonly detail: RightsizingDetail;
  readonly metric: 'cpu.utilization' | 'memory.usage';
  readonly pointed: number | undefined;
  readonly onPoint: (day: number | undefined) => void;
}

function LoadPanel({ detail, metric, pointed, onPoint }: LoadPanelProps) {
  const words = text.rightsizing;
  const isCpu = metric === 'cpu.utilization';
  const title = isCpu ? words.series.cpu : words.series.memory;
  const days = detail.series.metrics[metric];
  if (days === undefined) {
    return <ChartOrTable title={title} summary={isCpu ? words.noSeries : words.noMemory} chart={null} table={null} />;
  }
  const { instance_type, policy } = detail;
  const projection = projectionOf(detail, isCpu);
  const max = Math.max(0, ...days.map((day) => day?.max ?? 0));
  const label = text.metrics[metric];
  const sentences = [
    words.seriesSummary(label, instance_type, formatMetric(metric, max)),
    ...(projection === undefined
      ? []
      : [words.seriesSummary(label, projection.name, formatMetric(metric, max * projection.factor))]),
  ];
  const headroom = isCpu ? policy.cpu_headroom : policy.memory_headroom;
  const isIdle = isCpu && detail.class === 'idle';
  const line = isIdle
    ? { value: policy.idle_cpu_percent, word: words.idleLine(formatMetric(metric, policy.idle_cpu_percent)) }
    : { value: 100 * (1 - headroom), word: words.headroomLine(formatPart(1 - headroom)) };
  const chart = { metric, days: detail.series.days, points: days, name: instance_type, projection };
  return (
    <ChartOrTable
      title={title}
      summary={sentences.join(' ')}
      chart={<SizeChart {...chart} line={line} summary={sentences.join(' ')} pointed={pointed} onPoint={onPoint} />}
      table={<SizeTable {...chart} />}
    />
  );
}

/** What the same load is in percent of the suggested size. */
function projectionOf({ suggestion, size }: RightsizingDetail, isCpu: boolean): Projection | undefined {
  if (suggestion?.action !== 'resize' || size === null) return undefined;
  const factor = isCpu ? size.vcpus / suggestion.vcpus : size.gib / suggestion.gib;
  return { name: suggestion.instance_type, factor };
}
