import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { HistogramBin, Summary } from '../../../src/server/api.ts';
import { serverFacetsQuery } from '../api.ts';
import { formatCount, formatPercent } from '../format.ts';
import { ChartOrTable } from '../parts/chart-or-table.tsx';
import { openTerm } from '../parts/percent-keys.ts';
import { serverType } from '../servers/server-columns.ts';
import { text } from '../text.ts';

/** How the fleet is spread by its average use of CPU; each bar leads to its servers. */
export function CpuHistogram({ summary: { cpu_histogram: bins, coverage, servers } }: { summary: Summary }) {
  const spread = useQuery(serverFacetsQuery('', serverType, 'avg')).data?.data.cpu;
  const said = sentence(bins, coverage.cpu, servers - coverage.cpu);
  const middle =
    spread?.p50 == null || spread.p90 === null
      ? ''
      : `${text.histogram.spread(formatPercent(spread.p50), formatPercent(spread.p90))} `;
  return (
    <ChartOrTable
      title={text.histogram.title}
      summary={middle + said}
      chart={<Bars bins={bins} />}
      table={<BinTable bins={bins} />}
    />
  );
}

function sentence(bins: readonly HistogramBin[], measured: number, unmeasured: number): string {
  if (measured === 0) return text.histogram.none;
  const count = (of: (bin: HistogramBin) => boolean) => bins.filter(of).reduce((sum, bin) => sum + bin.servers, 0);
  const [low, high] = [count((bin) => (bin.to ?? 100) <= 10), count((bin) => bin.from >= 80)].map(formatCount);
  const said = text.histogram.summary(low ?? '', formatCount(measured), high ?? '');
  return unmeasured === 0 ? said : `${said} ${text.histogram.unmeasured(formatCount(unmeasured))}.`;
}

const height = 128;

/** Numbers stand above the bars, so that no axis is needed to read them. */
function Bars({ bins }: { bins: readonly HistogramBin[] }) {
  const most = Math.max(1, ...bins.map((bin) => bin.servers));
  return (
    <ul className="histogram" aria-label={text.histogram.title}>
      {bins.map(({ from, to, servers }) => (
        <li key={from}>
          <Link
            className="bar-link"
            to="/servers"
            search={{ q: openTerm('cpu.avg', { from, to }), sort: '-cpu.utilization.avg' }}
            title={text.histogram.bin(from, to)}
            aria-label={text.histogram.bar(text.histogram.bin(from, to), formatCount(servers))}
          >
            <b>{servers === 0 ? '' : formatCount(servers)}</b>
            <svg height={barHeight(servers, most)} aria-hidden="true">
              <rect width="100%" height="100%" />
            </svg>
          </Link>
          <span aria-hidden="true">{from}</span>
        </li>
      ))}
      <li className="axis-end" aria-hidden="true">
        100 %
      </li>
    </ul>
  );
}

/** One server among thousands is still to be seen. */
function barHeight(servers: number, most: number): number {
  return servers === 0 ? 0 : Math.max(2, (servers / most) * height);
}

function BinTable({ bins }: { bins: readonly HistogramBin[] }) {
  return (
    <table className="narrow">
      <thead>
        <tr>
          <th scope="col">{text.histogram.average}</th>
          <th scope="col" className="number">
            {text.fleet.servers}
          </th>
        </tr>
      </thead>
      <tbody>
        {bins.map(({ from, to, servers }) => (
          <tr key={from}>
            <th scope="row">{text.histogram.bin(from, to)}</th>
            <td className="number">{formatCount(servers)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
