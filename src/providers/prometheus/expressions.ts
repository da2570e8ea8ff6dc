import type { Counter, CpuTime, FreeMemory, IdleShare, Measure, UsedMemory } from './catalog.ts';
import { select } from './promql.ts';
import type { Slot } from './slots.ts';

/** One expression of a key for each way to look at a slot. For counters, of which a slot has one rate, all are the same. */
export interface Expressions {
  readonly mean: string;
  readonly highest: string;
  readonly lowest: string;
}

/** Of which servers, and how, a key is asked for. */
export interface Scope {
  /** Labels that name a server. */
  readonly by: readonly string[];
  /** Which servers, and whatever the user narrows all queries by. */
  readonly matchers: readonly string[];
  readonly slot: Slot;
  /** Several jobs scrape the same server: their series must not be added. */
  readonly isDoubled: boolean;
  /** The server tells the time. */
  readonly hasClock: boolean;
  /** A metric that is 5 while a virtual machine is shut off: then its counters stand still, which is not idleness. */
  readonly state: string | undefined;
}

/** The value of each server in the slot that ends where the expression is evaluated: PromQL with one series a server. */
export function expressionsOf(measure: Measure, scope: Scope): Expressions {
  const { mean, highest, lowest } = whileItRuns(measure, scope);
  if (scope.state === undefined) return { mean, highest, lowest };
  const off = `unless (max by (${scope.by.join(', ')}) (${select(scope.state, scope.matchers)}) == 5)`;
  return { mean: `(${mean}) ${off}`, highest: `(${highest}) ${off}`, lowest: `(${lowest}) ${off}` };
}

/**
 * A daily statistic of an expression's slots. The range is a millisecond short, so that the slot that ends at midnight belongs
 * to the day that ends with it, in Prometheus 2 (ranges closed on both sides) as in 3 (open on the left).
 */
export function overDay(statistic: 'sum' | 'count' | 'max' | 'min', expression: string, { seconds }: Slot): string {
  return `${statistic}_over_time((${expression})[86399999ms:${seconds}s])`;
}

/** How many samples a query holds at once for each slot of a server, from above: its series, and what is made of them. */
export function samplesPerSlot(measure: Measure, series: number, { isDoubled, hasClock, state }: Scope): number {
  const ofState = state === undefined ? 0 : 2;
  switch (measure.kind) {
    case 'idle_share':
      return (measure.clock !== undefined && hasClock ? series : series * (1 + measure.modes)) + 4;
    case 'cpu_time':
      return series * (isDoubled ? 2 : 1) + 4 + ofState;
    case 'counter':
      return series * (isDoubled ? 2 : 1) + 2 + ofState;
    case 'memory':
      return 6 + ofState;
  }
}

function whileItRuns(measure: Measure, scope: Scope): Expressions {
  switch (measure.kind) {
    case 'idle_share':
      return same(idleShare(measure, scope));
    case 'cpu_time':
      return same(cpuTime(measure, scope));
    case 'counter':
      return same(added(measure, scope));
    case 'memory':
      return memoryInUse(measure, scope);
  }
}

function same(expression: string): Expressions {
  return { mean: expression, highest: expression, lowest: expression };
}

/**
 * What is left of idle time. At the ends of a gap a rate is lower than it was, which must not look like load: so idle time is
 * held against time as the same scrapes saw it, by the server's clock or by all modes together.
 */
function idleShare({ metric, idle, all, clock }: IdleShare, scope: Scope): string {
  const by = groupOf(scope);
  const idleRate = rateOf(metric, [idle], scope);
  if (clock !== undefined && scope.hasClock) {
    const range = rangeOf(scope.slot);
    const passed = `max by (${by}) (delta(${select(clock, scope.matchers)}[${range}ms])) / ${range / 1000}`;
    // A clock that was set in the slot tells nothing about it.
    return `clamp_min(100 * (1 - avg by (${by}) (${idleRate}) / (${passed} > 0 <= 1.05)), 0)`;
  }
  const passed = `sum by (${by}) (${rateOf(metric, all, scope)})`;
  return `clamp_min(100 * (1 - sum by (${by}) (${idleRate}) / (${passed} > 0)), 0)`;
}

function cpuTime({ metric, matchers, device, cores }: CpuTime, scope: Scope): string {
  const used = added({ kind: 'counter', metric, matchers, device }, scope);
  return `100 * ${used} / max by (${groupOf(scope)}) (${select(cores, scope.matchers)})`;
}

function added({ metric, matchers, device }: Counter, scope: Scope): string {
  const by = groupOf(scope);
  const rate = rateOf(metric, matchers, scope);
  if (!scope.isDoubled) return `sum by (${by}) (${rate})`;
  return `sum by (${by}) (max by (${[...new Set([...scope.by, device])].join(', ')}) (${rate}))`;
}

function memoryInUse(measure: FreeMemory | UsedMemory, scope: Scope): Expressions {
  const all = firstThatIsThere(measure.total, 'max', scope);
  const inUse = (one: 'avg' | 'max' | 'min', other: 'avg' | 'max' | 'min'): string => {
    const bytes =
      'used' in measure
        ? levelOf(measure.used.metric, measure.used.matchers, one, scope)
        : `${all} - ${firstThatIsThere(measure.free, other, scope)}`;
    return measure.unit === 'bytes' ? bytes : `100 * (${bytes}) / ${all}`;
  };
  return { mean: inUse('avg', 'avg'), highest: inUse('max', 'min'), lowest: inUse('min', 'max') };
}

/** Zero is how exporters say that they do not know. */
function firstThatIsThere(metrics: readonly string[], statistic: 'avg' | 'max' | 'min', scope: Scope): string {
  return `(${metrics.map((metric) => `${levelOf(metric, [], statistic, scope)} > 0`).join(' or ')})`;
}

/** A level over the slot, of all its samples. */
function levelOf(metric: string, matchers: readonly string[], statistic: 'avg' | 'max' | 'min', scope: Scope): string {
  const selector = select(metric, [...matchers, ...scope.matchers]);
  return `${statistic} by (${groupOf(scope)}) (${statistic}_over_time(${selector}[${scope.slot.seconds * 1000 - 1}ms]))`;
}

function rateOf(metric: string, matchers: readonly string[], scope: Scope): string {
  return `rate(${select(metric, [...matchers, ...scope.matchers])}[${rangeOf(scope.slot)}ms])`;
}

/** One slot and one scrape interval, less the millisecond in which the sample before that could lie. */
function rangeOf({ seconds, scrapeSeconds }: Slot): number {
  return Math.round((seconds + scrapeSeconds) * 1000) - 1;
}

function groupOf({ by }: Scope): string {
  return by.join(', ');
}
