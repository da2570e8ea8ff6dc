import type { ReviewDetail, ReviewRow } from '#platform/rightsizing/review-row.ts';
import type { Tally } from '#platform/rightsizing/tally.ts';
import { nameOf, type Policy } from '#rightsizing/policy.ts';
import { caveats } from '#rightsizing/verdict.ts';
import { formatCount, formatUsd, formatValue, plural } from './format.ts';
import { type Column, renderTable } from './table.ts';

const none = '–';

export const rightsizingColumns: readonly Column<ReviewRow>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ACCOUNT', value: ({ account }) => account },
  { title: 'REGION', value: ({ region }) => region },
  { title: 'NOW', value: ({ instance_type }) => instance_type },
  { title: 'CLASS', value: ({ class: name }) => name.replaceAll('_', ' ') },
  { title: 'CPU PEAK', value: ({ cpu }) => percent(cpu?.peak), alignRight: true },
  { title: 'MAX', value: ({ cpu }) => percent(cpu?.max), alignRight: true },
  { title: 'MEM PEAK', value: ({ memory }) => percent(memory?.peak), alignRight: true },
  { title: 'SUGGEST', value: ({ suggestion, withheld }) => suggested(suggestion) ?? withheld ?? '' },
  { title: 'SAVES', value: ({ savings }) => (savings === null ? none : usd(savings.usd)), alignRight: true },
  { title: 'STATE', value: ({ state }) => state ?? '' },
];

/** Plain numbers, for programs. */
export const rightsizingCsvColumns: readonly Column<ReviewRow>[] = [
  { title: 'provider', value: ({ provider }) => provider },
  { title: 'account', value: ({ account }) => account },
  { title: 'region', value: ({ region }) => region },
  { title: 'resource_id', value: ({ resource_id }) => resource_id },
  { title: 'name', value: ({ name }) => name },
  { title: 'instance_type', value: ({ instance_type }) => instance_type },
  { title: 'class', value: ({ class: name }) => name },
  { title: 'reason', value: ({ reason }) => reason },
  { title: 'cpu.peak', value: ({ cpu }) => text(cpu?.peak) },
  { title: 'cpu.max', value: ({ cpu }) => text(cpu?.max) },
  { title: 'cpu.coverage', value: ({ cpu }) => text(cpu?.coverage) },
  { title: 'memory.peak', value: ({ memory }) => text(memory?.peak) },
  { title: 'memory.max', value: ({ memory }) => text(memory?.max) },
  { title: 'suggestion', value: ({ suggestion }) => suggested(suggestion) ?? '' },
  { title: 'withheld', value: ({ withheld }) => withheld ?? '' },
  { title: 'savings_usd', value: ({ savings }) => text(savings?.usd) },
  { title: 'savings_usd_per_hour', value: ({ savings }) => text(savings?.usd_per_hour) },
  { title: 'hours', value: ({ savings }) => text(savings?.hours) },
  { title: 'caveats', value: ({ caveats: all }) => all.join(' ') },
  { title: 'state', value: ({ state }) => state ?? '' },
  { title: 'decided_by', value: ({ decision }) => decision?.by ?? '' },
  { title: 'decided_at', value: ({ decision }) => decision?.at ?? '' },
];

/** Also as another server tells it. */
type Detail = Omit<ReviewDetail, 'why'> & { readonly why: string };

/** `idle 96 · oversized 118 · …`, and what could be saved. */
export function describeTally({ classes }: Tally, policy: Pick<Policy, 'lookBackDays'>): string {
  const { idle, oversized, fit, hot, not_enough_data } = classes;
  const savings = idle.savingsUsd + oversized.savingsUsd;
  const unpriced = idle.unpriced + oversized.unpriced;
  return [
    `idle ${formatCount(idle.servers)} · oversized ${formatCount(oversized.servers)} · fit ${formatCount(fit.servers)} · hot ${formatCount(hot.servers)} · not enough data ${formatCount(not_enough_data.servers)}`,
    `idle and oversized servers cost ${formatUsd(savings)} more than they had to in ${plural(policy.lookBackDays, 'day')}, at list price${
      unpriced === 0 ? '' : `; ${plural(unpriced, 'suggestion')} without a known price not counted`
    }`,
  ].join('\n');
}

export function describePolicy(policy: Policy): string {
  const { lookBackDays, percentile, cpuHeadroom, memoryHeadroom, minimumCoverage } = policy;
  return [
    `${nameOf(policy)}: ${plural(lookBackDays, 'day')}, at least ${part(minimumCoverage)} of them measured`,
    `fits where ${part(cpuHeadroom)} of CPU and ${part(memoryHeadroom)} of memory stay free ${percentile === 1 ? 'at the maximum' : `at percentile ${percentile * 100}`}`,
    `idle where CPU stays below ${policy.idleCpuPercent} % and the network below ${formatValue('network.sent_throughput', policy.idleNetworkBytesPerSecond)}`,
  ].join('\n');
}

/** All that a verdict says, and what it was made of. */
export function describeReview(detail: Detail): string {
  const { name, resource_id, provider, account, region, instance_type, size, class: found, why } = detail;
  const sized = size === null ? '' : ` (${size.vcpus} vCPU, ${size.gib} GiB)`;
  return [
    `${name}  ${resource_id}  ${provider} · ${account} · ${region} · ${instance_type}${sized}`,
    `${found.replaceAll('_', ' ')}: ${why}`,
    ...describeSuggestion(detail),
    ...describeDecision(detail),
    ...detail.caveats.map((caveat) => `  but      ${caveats[caveat]}`),
    '',
    renderTable(dayColumns, daysOf(detail)),
  ].join('\n');
}

function describeSuggestion({ suggestion, withheld, savings, prices }: Detail): string[] {
  if (suggestion === null) return withheld === null ? [] : [`  suggest  nothing: ${withheld.replaceAll('_', ' ')}`];
  const lines = [`  suggest  ${suggested(suggestion)}`];
  if (suggestion.action === 'resize') {
    const { vcpus, gib, cpu, memory, clipped } = suggestion;
    lines.push(`           ${vcpus} vCPU, ${gib} GiB: CPU would peak at ${percent(cpu)}, memory at ${percent(memory)}`);
    if (clipped !== null) {
      lines.push(`           ${formatCount(clipped.above)} of ${formatCount(clipped.of)} points would not have fitted`);
    }
  }
  if (savings !== null) {
    const { usd_per_hour, hours } = savings;
    lines.push(
      `  saves    ${usd(savings.usd)}: ${formatCount(Math.round(hours))} hours seen to run × $${usd_per_hour.toFixed(4)} at list price (${prices?.source}, ${prices?.read_on})`,
    );
  }
  return lines;
}

function describeDecision({ state, decision }: Detail): string[] {
  if (state === null) return [];
  if (decision === null) return [`  state    ${state}`];
  const { by, at, until, note, verified_at } = decision;
  return [
    `  state    ${state}; ${decision.state} by ${by} at ${at}${until === null ? '' : ` until ${until}`}${note === null ? '' : `: ${note}`}`,
    ...(verified_at === null ? [] : [`           seen to be done at ${verified_at}`]),
  ];
}

interface DayRow {
  readonly day: string;
  readonly at: number;
  readonly metrics: ReviewDetail['series']['metrics'];
}

function daysOf({ series: { days, metrics } }: Detail): DayRow[] {
  return days.map((day, at) => ({ day, at, metrics }));
}

const dayColumns: readonly Column<DayRow>[] = [
  { title: 'DAY', value: ({ day }) => day },
  {
    title: 'HOURS',
    value: (row) => dayValue(row, 'cpu.utilization', ({ seconds }) => hours(seconds)),
    alignRight: true,
  },
  { title: 'CPU AVG', value: (row) => dayValue(row, 'cpu.utilization', ({ avg }) => percent(avg)), alignRight: true },
  { title: 'MAX', value: (row) => dayValue(row, 'cpu.utilization', ({ max }) => percent(max)), alignRight: true },
  { title: 'MEM AVG', value: (row) => dayValue(row, 'memory.usage', ({ avg }) => percent(avg)), alignRight: true },
  { title: 'MAX', value: (row) => dayValue(row, 'memory.usage', ({ max }) => percent(max)), alignRight: true },
  ...(['network.received_throughput', 'network.sent_throughput'] as const).map((key, at) => ({
    title: ['NET IN MAX', 'NET OUT MAX'][at] ?? '',
    value: (row: DayRow) => dayValue(row, key, ({ max }) => formatValue(key, max)),
    alignRight: true,
  })),
];

type SeriesKey = keyof ReviewDetail['series']['metrics'];
type SeriesDay = NonNullable<NonNullable<ReviewDetail['series']['metrics'][SeriesKey]>[number]>;

function dayValue({ at, metrics }: DayRow, key: SeriesKey, shown: (day: SeriesDay) => string): string {
  const day = metrics[key]?.[at];
  return day == null ? none : shown(day);
}

function suggested(suggestion: ReviewRow['suggestion']): string | undefined {
  if (suggestion === null) return undefined;
  return suggestion.action === 'stop' ? 'stop' : suggestion.instance_type;
}

function percent(value: number | null | undefined): string {
  return value == null ? none : formatValue('cpu.utilization', value);
}

function usd(amount: number): string {
  return amount < 0 ? `−${formatUsd(-amount)}` : formatUsd(amount);
}

function part(of: number): string {
  return `${Math.round(of * 1000) / 10} %`;
}

function hours(seconds: number): string {
  return (seconds / 3600).toFixed(1);
}

function text(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
