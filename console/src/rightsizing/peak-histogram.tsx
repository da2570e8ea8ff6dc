import type { PeakBin, RightsizingSummary } from '../../../src/server/rightsizing-api.ts';
import { formatCount, formatPercent } from '../format.ts';
import { ChartOrTable } from '../parts/chart-or-table.tsx';
import { text } from '../text.ts';

interface PeakHistogramProps {
  readonly summary: RightsizingSummary;
  /** Percent, as it is typed: may be no number. */
  readonly threshold: number;
  /** Absent where it cannot be moved. */
  readonly onThreshold: ((percent: number) => void) | undefined;
}

export function PeakHistogram({ summary: { cpu_peaks: bins, policy }, threshold, onThreshold }: PeakHistogramProps) {
  return (
    <ChartOrTable
      title={text.rightsizing.peaks}
      summary={sentence(bins, policy.idle_cpu_percent)}
      chart={<Bars bins={bins} threshold={threshold} onThreshold={onThreshold} />}
      table={<BinTable bins={bins} />}
    />
  );
}

/** By the policy that was counted by. Of a bin that the threshold cuts nobody knows how many are below: there are at least the others. */
function sentence(bins: readonly PeakBin[], threshold: number): string {
  const all = bins.reduce((sum, { servers }) => sum + servers, 0);
  if (all === 0) return text.rightsizing.peaksNone;
  const idle = bins.reduce((sum, bin) => sum + bin.idle, 0);
  const whole = bins.filter(({ to }) => to <= threshold).reduce((sum, { servers }) => sum + servers, 0);
  const isCut = bins.some(({ from, to }) => from < threshold && threshold < to);
  const below = `${isCut ? '≥ ' : ''}${formatCount(whole)}`;
  return text.rightsizing.peaksSummary(formatCount(idle), below, formatCount(all), formatPercent(threshold));
}

const height = 100;

function Bars({ bins, threshold, onThreshold }: Omit<PeakHistogramProps, 'summary'> & { bins: readonly PeakBin[] }) {
  const most = Math.max(1, ...bins.map(({ servers }) => servers));
  const heightOf = (servers: number) => (servers === 0 ? 0 : Math.max(1.5, (servers / most) * height));
  return (
    <div className="peaks">
      <ol className="peak-numbers" aria-hidden="true">
        {bins.map(({ from, servers }) => (
          <li key={from}>{servers === 0 ? '' : formatCount(servers)}</li>
        ))}
      </ol>
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" role="img" aria-label={text.rightsizing.peaks}>
        {bins.map(({ from, to, servers, idle }) => (
          <g key={from}>
            <rect
              className="others"
              x={from + 0.3}
              width={to - from - 0.6}
              y={height - heightOf(servers)}
              height={heightOf(servers)}
            />
            <rect
              className="idle"
              x={from + 0.3}
              width={to - from - 0.6}
              y={height - heightOf(idle)}
              height={heightOf(idle)}
            />
          </g>
        ))}
        {threshold >= 0 && threshold <= 100 && (
          <path className="threshold" d={`M${threshold} 0V${height}`} data-percent={threshold} />
        )}
      </svg>
      {onThreshold !== undefined && (
        <input
          type="range"
          min="0"
          max="100"
          step="0.5"
          value={Number.isFinite(threshold) ? threshold : 0}
          aria-label={text.rightsizing.threshold}
          onChange={(event) => onThreshold(event.target.valueAsNumber)}
        />
      )}
      <div className="axis" aria-hidden="true">
        <span>0 %</span>
        <span>50 %</span>
        <span>100 %</span>
      </div>
      <ul className="key">
        <li>
          <i className="idle" aria-hidden="true" /> {text.rightsizing.classes.idle}
        </li>
        <li>
          <i className="others" aria-hidden="true" /> {text.rightsizing.others}
        </li>
        <li>
          <i className="threshold" aria-hidden="true" /> {text.rightsizing.fields.idle_cpu_percent.label}
        </li>
      </ul>
    </div>
  );
}

function BinTable({ bins }: { bins: readonly PeakBin[] }) {
  return (
    <table className="narrow">
      <thead>
        <tr>
          <th scope="col">{text.rightsizing.peak}</th>
          <th scope="col" className="number">
            {text.rightsizing.peakServers}
          </th>
          <th scope="col" className="number">
            {text.rightsizing.peakIdle}
          </th>
        </tr>
      </thead>
      <tbody>
        {bins.map(({ from, to, servers, idle }) => (
          <tr key={from}>
            <th scope="row">{text.histogram.bin(from, to)}</th>
            <td className="number">{formatCount(servers)}</td>
            <td className="number">{formatCount(idle)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
