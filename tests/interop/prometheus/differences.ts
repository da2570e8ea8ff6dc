import type { CollectedServer } from '#collect/collect-region.ts';
import { serverMetricKeys } from '#model/metric.ts';
import { valuesAt } from '#model/record.ts';
import type { ExpectedServer } from './expected.ts';
import type { Range, Window } from './truth.ts';

/** Values are given with ten significant digits; what is left is noise of additions of large counters. */
const digits = 1e-8;
/** How far a percentile may be off: the sketch's error, as documented. */
const sketchError = 0.005 + 1e-6;

/** Differences between what was read and the truth, in words; none where all agree. */
export function differences(
  { resource, folded }: CollectedServer,
  server: ExpectedServer,
  window: Window,
  statistics: readonly string[],
): string[] {
  const truths = server.values(window);
  const found: string[] = [];
  const note = (what: string, got: unknown, want: unknown) =>
    found.push(`${server.name} ${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
  const compare = (what: string, got: unknown, want: unknown) => {
    if (got !== want) note(what, got, want);
  };
  const within = (what: string, got: number | undefined, { least, most }: Range, error = digits) => {
    const slack = error * Math.max(Math.abs(least), Math.abs(most)) + 1e-9;
    if (got === undefined || got < least - slack || got > most + slack) note(what, got, { least, most });
  };
  compare('name', resource.name, server.name);
  compare('state', resource.state, server.state);
  compare('region', resource.region, server.region ?? 'global');
  if (server.vcpus !== undefined) compare('vcpus', resource.vcpus, server.vcpus);
  if (server.instanceType !== undefined) compare('instance type', resource.instanceType, server.instanceType);
  compare('memory.total', valuesAt(folded?.monitoring ?? {}, 'memory.total')?.avg, server.memoryBytes);
  for (const key of serverMetricKeys) {
    if (key === 'memory.total') continue;
    const info = folded?.info.metrics[key];
    const values = valuesAt(folded?.monitoring ?? {}, key);
    const truth = truths[key];
    if (truth === undefined) {
      const reason = server.reasons?.[key] ?? server.otherwise;
      compare(`${key} values`, values, undefined);
      compare(`${key} reason`, info !== undefined && 'missing' in info ? info.missing : info, reason);
      continue;
    }
    compare(
      `${key} statistics`,
      Object.keys(values ?? {})
        .sort()
        .join(),
      [...statistics].sort().join(),
    );
    within(`${key} avg`, values?.avg, truth.avg);
    within(`${key} max`, values?.max, truth.max);
    if (statistics.includes('min')) within(`${key} min`, values?.min, truth.min);
    const isWhole = truth.observed.least === truth.observed.most;
    if (statistics.includes('p95') && isWhole)
      within(`${key} p95`, values?.p95, { least: truth.p95, most: truth.p95 }, sketchError);
    const coverage = info !== undefined && 'coverage' in info ? info.coverage : undefined;
    const length = window.end - window.start;
    within(`${key} coverage`, coverage, {
      least: truth.observed.least / length - 1e-4,
      most: truth.observed.most / length + 1e-4,
    });
  }
  return found;
}
