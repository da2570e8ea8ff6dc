import type { SizeStretch } from '../../../src/server/api.ts';
import { formatCount, formatPercent } from '../format.ts';
import { ChartOrTable } from '../parts/chart-or-table.tsx';
import { text } from '../text.ts';

/** Whether another size has helped: how busy the cpu was with each, on the same axis. */
export function SizeStrips({ sizes }: { sizes: readonly SizeStretch[] }) {
  const words = text.history.sizes;
  return (
    <ChartOrTable
      title={words.title}
      summary={`${sizes.map(sentenceOf).join(' → ')}. ${words.note}`}
      chart={
        <div className="chart-body">
          {sizes.map((size, at) => (
            <Strip key={`${at} ${size.instance_type}`} size={size} />
          ))}
          <p className="axis size-axis" aria-hidden="true">
            <span>{formatPercent(0)}</span>
            <span>
              {values
                .filter((name) => sizes.some(({ cpu }) => typeof cpu?.[name] === 'number'))
                .map((name) => text.statistics[name])
                .join(' | ')}
            </span>
            <span>{formatPercent(100)}</span>
          </p>
        </div>
      }
      table={<SizeTable sizes={sizes} />}
    />
  );
}

const values = ['avg', 'p50', 'p95', 'max'] as const;

/** Quantiles are known only where points were read. */
function knownOf(cpu: SizeStretch['cpu']) {
  return values.flatMap((name) => {
    const value = cpu?.[name];
    return typeof value === 'number' ? [{ name, value }] : [];
  });
}

function Strip({ size }: { size: SizeStretch }) {
  const { instance_type, cpu } = size;
  const known = knownOf(cpu);
  const from = Math.min(100, ...known.map(({ value }) => value));
  const to = Math.min(100, Math.max(0, ...known.map(({ value }) => value)));
  return (
    <div className="size-strip">
      <span className="size-name">{instance_type ?? '–'}</span>
      <svg role="img" aria-label={sentenceOf(size)} viewBox="0 0 100 20" preserveAspectRatio="none">
        <path className="grid" d="M0 10H100" />
        {known.length > 0 && <rect className="reach" x={from} y="6" width={Math.max(0, to - from)} height="8" />}
        {known.map(({ name, value }) => (
          <path key={name} className={name} d={`M${Math.min(100, value)} 2V18`} />
        ))}
      </svg>
    </div>
  );
}

function SizeTable({ sizes }: { sizes: readonly SizeStretch[] }) {
  const words = text.history.sizes;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.size}</th>
            <th scope="col" className="number">
              {words.days}
            </th>
            {values.map((name) => (
              <th key={name} scope="col" className="number">
                {text.statistics[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sizes.map(({ instance_type, days, cpu }, at) => (
            <tr key={`${at} ${instance_type}`}>
              <th scope="row">{instance_type ?? '–'}</th>
              <td className="number">{formatCount(days)}</td>
              {values.map((name) => (
                <td key={name} className="number">
                  {shownOf(cpu?.[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sentenceOf({ instance_type, cpu, days }: SizeStretch): string {
  const words = text.history.sizes;
  const name = instance_type ?? '–';
  if (cpu === null) return words.unmeasured(name);
  const known = knownOf(cpu).map((one) => `${text.statistics[one.name]} ${formatPercent(one.value)}`);
  return words.summary(name, known.join(', '), days);
}

function shownOf(value: number | null | undefined): string {
  return typeof value === 'number' ? formatPercent(value) : '–';
}
