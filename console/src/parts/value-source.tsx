import type { MetricInfo } from '../../../src/model/record.ts';
import { formatPart, formatSeconds } from '../format.ts';
import { text } from '../text.ts';

/** Where a value comes from, in the cloud's own words, and how much of the window it stands for. */
export function ValueSource({ info }: { info: MetricInfo | undefined }) {
  if (info === undefined) return <small>{text.source.unexplained}</small>;
  if ('missing' in info) return <small>{text.missing[info.missing].long}</small>;
  const { source, period, coverage, resolution, incomplete } = info;
  const facts = [
    period === 0 ? text.source.constant : text.source.period(formatSeconds(period)),
    ...(period === 0 ? [] : [text.source.coverage(formatPart(coverage))]),
    ...(resolution === undefined ? [] : [text.source.resolution(formatSeconds(resolution))]),
    ...(incomplete === undefined ? [] : [text.source.incomplete(text.missing[incomplete].short)]),
  ];
  return (
    <small>
      <code>{source}</code> · {facts.join(' · ')}
    </small>
  );
}
