import type { RightsizingDetail } from '../../../src/server/rightsizing-api.ts';
import { formatCount, formatPart, formatPercent } from '../format.ts';
import { text } from '../text.ts';
import { percentileName } from './percentile-name.ts';

interface Line {
  readonly label: string;
  readonly now: string;
  readonly suggested?: string;
  readonly note?: string;
}

/** The load on the size that the server has, and on the one that is suggested. */
export function SizeComparison({ detail }: { detail: RightsizingDetail }) {
  const words = text.rightsizing;
  const { suggestion } = detail;
  const hasOther = suggestion?.action === 'resize';
  return (
    <section className="panel">
      <header>
        <h2>{words.compare}</h2>
      </header>
      <table className="comparison">
        <thead>
          <tr>
            <th scope="col">{words.comparePart}</th>
            <th scope="col" className="number">
              {words.onNow}
            </th>
            {hasOther && (
              <th scope="col" className="number">
                {words.onSuggested}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {linesOf(detail).map(({ label, now, suggested = '–', note }) => (
            <tr key={label}>
              <th scope="row">
                {label} {note !== undefined && <small>{note}</small>}
              </th>
              <td className="number">{now}</td>
              {hasOther && <td className="number">{suggested}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function linesOf({ instance_type, size, cpu, memory, policy, suggestion, series }: RightsizingDetail): Line[] {
  const words = text.rightsizing;
  const other = suggestion?.action === 'resize' ? suggestion : undefined;
  const countsOf = (load: NonNullable<typeof cpu>) => percentileName(load.peak_is === 'max' ? 1 : policy.percentile);
  const free = (percent: number) => formatPercent(100 - percent);
  const lines: Line[] = [{ label: words.size, now: instance_type, ...onOther(other?.instance_type) }];
  if (size !== null) {
    lines.push(
      { label: words.vcpus, now: formatCount(size.vcpus), ...onOther(other && formatCount(other.vcpus)) },
      {
        label: words.memorySize,
        now: `${formatCount(size.gib)} GiB`,
        ...onOther(other && `${formatCount(other.gib)} GiB`),
      },
    );
    if (size.baseline !== null) lines.push({ label: words.baseline, now: formatPart(size.baseline) });
  }
  if (cpu !== null) {
    const wanted = words.freeWanted(formatPart(policy.cpu_headroom));
    lines.push(
      {
        label: words.cpuCounts(countsOf(cpu)),
        now: formatPercent(cpu.peak),
        ...onOther(other && formatPercent(other.cpu)),
      },
      { label: words.cpuFree, note: wanted, now: free(cpu.peak), ...onOther(other && free(other.cpu)) },
    );
  }
  if (memory !== null) {
    const projected = other?.memory ?? undefined;
    const wanted = words.freeWanted(formatPart(policy.memory_headroom));
    lines.push(
      {
        label: words.memoryCounts(countsOf(memory)),
        now: formatPercent(memory.peak),
        ...onOther(projected === undefined ? undefined : formatPercent(projected)),
      },
      {
        label: words.memoryFree,
        note: wanted,
        now: free(memory.peak),
        ...onOther(projected === undefined ? undefined : free(projected)),
      },
    );
  }
  if (other !== undefined && size !== null) {
    lines.push({ label: words.clipped, now: '–', suggested: clippedOn(other, size, series) });
  }
  return lines;
}

function onOther(value: string | undefined): { suggested?: string } {
  return value === undefined ? {} : { suggested: value };
}

/** By point where points were read, else by day: a day is clipped where its maximum would not have fitted. */
function clippedOn(
  { clipped, vcpus }: Extract<RightsizingDetail['suggestion'], { action: 'resize' }>,
  size: NonNullable<RightsizingDetail['size']>,
  { metrics }: RightsizingDetail['series'],
): string {
  if (clipped !== null) return text.rightsizing.clippedOf(formatCount(clipped.above), formatCount(clipped.of));
  const days = (metrics['cpu.utilization'] ?? []).filter((day) => day !== null);
  const above = days.filter(({ max }) => (max * size.vcpus) / vcpus > 100);
  return text.rightsizing.clippedDays(formatCount(above.length), formatCount(days.length));
}
