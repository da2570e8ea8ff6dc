import { isoOf } from '#model/window.ts';
import type { Load } from '#rightsizing/load.ts';
import { nameOf, type Policy } from '#rightsizing/policy.ts';
import { type Series, seriesOf } from '#rightsizing/series.ts';
import { priceSource } from '#rightsizing/size-catalog.ts';
import { reasons, type Suggestion, type Verdict } from '#rightsizing/verdict.ts';
import type { Decision } from '#store/rightsizing.ts';
import { type Review, type ReviewContext, reviewWindow } from './review.ts';
import type { ClassTally, Tally } from './tally.ts';

/** A review as the API and the command line say it: names in snake_case, times in ISO 8601, absent is null. */
export function reviewRow({ stored: { id, record }, verdict, state, decision }: Review) {
  const { class: name, reason, cpu, memory, network, withheld, savings, caveats } = verdict;
  return {
    id,
    resource_id: record.reference.resource_id,
    name: record.name,
    provider: record.provider,
    account: record.account,
    region: record.region_code,
    instance_type: record.instance_type,
    class: name,
    reason,
    cpu: cpu && loadRow(cpu),
    memory: memory && loadRow(memory),
    network: network && { avg: network.avg, max: network.max, coverage: network.coverage },
    suggestion: suggestionRow(verdict.suggestion),
    withheld,
    savings: savings && { usd: savings.usd, usd_per_hour: savings.usdPerHour, hours: savings.hours },
    caveats,
    state,
    decision: decision && decisionRow(decision),
  };
}

export type ReviewRow = ReturnType<typeof reviewRow>;

/** A review with all that it was made of. */
export async function reviewDetail(context: ReviewContext, review: Review) {
  const { id, record } = review.stored;
  const window = reviewWindow(context);
  const days = (await context.store.history.read([id], window)).get(id) ?? new Map();
  const prices = priceSource(record.provider);
  return {
    ...reviewRow(review),
    why: reasons[review.verdict.reason],
    window: { start: isoOf(window.from), end: isoOf(window.to) },
    policy: policyRow(context.policy),
    size: review.verdict.size && sizeRow(review.verdict.size),
    prices: prices === undefined ? null : { source: prices.source, read_on: prices.readOn },
    series: seriesOf(days, window) satisfies Series,
  };
}

export type ReviewDetail = Awaited<ReturnType<typeof reviewDetail>>;

export function tallyRow({ servers, classes, states }: Tally) {
  const { idle, oversized, fit, hot, not_enough_data } = classes;
  return {
    servers,
    classes: {
      idle: classRow(idle),
      oversized: classRow(oversized),
      fit: classRow(fit),
      hot: classRow(hot),
      not_enough_data: classRow(not_enough_data),
    },
    states,
  };
}

function classRow({ servers, savingsUsd, unpriced }: ClassTally) {
  return { servers, savings_usd: savingsUsd, unpriced };
}

export function policyRow(policy: Policy) {
  return {
    name: nameOf(policy),
    look_back_days: policy.lookBackDays,
    percentile: policy.percentile,
    cpu_headroom: policy.cpuHeadroom,
    memory_headroom: policy.memoryHeadroom,
    minimum_coverage: policy.minimumCoverage,
    idle_cpu_percent: policy.idleCpuPercent,
    idle_network_bytes_per_second: policy.idleNetworkBytesPerSecond,
  };
}

function loadRow({ peak, peakIs, avg, max, busiestDay, coverage }: Load) {
  return { peak, peak_is: peakIs, avg, max, busiest_day: busiestDay, coverage };
}

function suggestionRow(suggestion: Suggestion | null) {
  if (suggestion === null || suggestion.action === 'stop') return suggestion;
  const { action, size, projected, clipped } = suggestion;
  return { action, instance_type: size.name, vcpus: size.vcpus, gib: size.gib, ...projected, clipped };
}

function sizeRow({ name, vcpus, gib, baseline }: NonNullable<Verdict['size']>) {
  return { instance_type: name, vcpus, gib, baseline: baseline ?? null };
}

function decisionRow({ state, verdict, target, by, at, until, note, verifiedAt }: Decision) {
  return {
    state,
    class: verdict,
    target: target ?? null,
    by,
    at: isoTime(at),
    until: until === undefined ? null : isoTime(until),
    note: note ?? null,
    verified_at: verifiedAt === undefined ? null : isoTime(verifiedAt),
  };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
