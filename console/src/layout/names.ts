import type { MetricKey } from '../../../src/model/metric.ts';
import type { Statistic } from '../../../src/model/statistic.ts';
import { isMetricKey } from '../format.ts';
import { text } from '../text.ts';
import type { Field } from './read-field.ts';
import { own, textOf } from './value-path.ts';

/** The name of a layout in the reader's language, where it is known there. */
export function layoutName({ name, translation }: { readonly name: string; readonly translation?: string }): string {
  return translated(translation) ?? textOf(own(text.layout.sections, name)) ?? name;
}

/** `CPU Utilization (%) | Avg`, in the reader's language where the field is of a metric or has an id of a translation. */
export function fieldName({ name, path, options }: Field): string {
  const known = translated(textOf(own(options, 'translation_id')));
  if (known !== undefined) return known;
  const measured = metricAt(path);
  if (measured === undefined) return name;
  const [unit = ''] = /\s\([^()]*\)/.exec(name) ?? [];
  return text.layout.metricField(name, text.metrics[measured.metric], statisticName(measured.statistic), unit);
}

/** `avg` for `Avg` */
export function statisticName(label: string): string {
  const statistic = label.toLowerCase();
  return isStatistic(statistic) ? text.statistics[statistic] : label;
}

/** Which metric a path leads to, and which statistic of it. */
export function metricAt(path: readonly string[]): { metric: MetricKey; statistic: Statistic } | undefined {
  const [data, monitoring, section, name, statistic = ''] = path;
  const metric = `${section}.${name}`;
  const isMeasured = data === 'data' && monitoring === 'monitoring' && path.length === 5;
  return isMeasured && isMetricKey(metric) && isStatistic(statistic) ? { metric, statistic } : undefined;
}

function isStatistic(name: string): name is Statistic {
  return Object.hasOwn(text.statistics, name);
}

function translated(id: string | undefined): string | undefined {
  return id === undefined ? undefined : textOf(own(text.layout.translations, id));
}
