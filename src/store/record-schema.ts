import { z } from 'zod';
import { isMetricKey } from '#model/metric.ts';
import { missingReasons } from '#model/missing.ts';
import type { InventoryRecord, Monitoring, MonitoringInfo, Values } from '#model/record.ts';
import { type Statistic, statistics } from '#model/statistic.ts';

/**
 * The maps of a record hold some hundred values, and every merge reads them back: these are checked by plain
 * predicates, five times as fast as schemas of schemas.
 */
const StringMap = z.custom<Readonly<Record<string, string>>>(isStringMap, 'is no map of strings');
const MonitoringMap = z.custom<Monitoring>(isMonitoring, 'is no map of statistics');
const MetricInfos = z.custom<MonitoringInfo['metrics']>(
  isMetricInfos,
  'is no map of metric keys to their source or reason',
);

/** A record as text on disk. What other collectors added to it stays. */
export const RecordSchema: z.ZodType<InventoryRecord> = z.looseObject({
  provider: z.string(),
  cloud_service_group: z.string(),
  cloud_service_type: z.string(),
  account: z.string(),
  region_code: z.string(),
  name: z.string(),
  instance_type: z.string(),
  reference: z.looseObject({ resource_id: z.string(), external_link: z.string().exactOptional() }),
  tags: StringMap,
  data: z.looseObject({
    compute: StringMap.exactOptional(),
    hardware: z.looseObject({ core: z.number().exactOptional(), memory: z.number().exactOptional() }).exactOptional(),
    monitoring: MonitoringMap.exactOptional(),
    monitoring_info: z
      .looseObject({
        window: z.looseObject({ start: z.string(), end: z.string() }),
        collected_at: z.string(),
        metrics: MetricInfos,
      })
      .exactOptional(),
  }),
  metadata: z.custom<Readonly<Record<string, unknown>>>(isMap, 'is no map'),
});

const statisticNames: ReadonlySet<string> = new Set<Statistic>(statistics);

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMapOf<T>(value: unknown, isItem: (item: unknown, key: string) => item is T): value is Record<string, T> {
  if (!isMap(value)) return false;
  for (const key in value) if (!isItem(value[key], key)) return false;
  return true;
}

function isStringMap(value: unknown): value is Record<string, string> {
  return isMapOf(value, (item) => typeof item === 'string');
}

function isMonitoring(value: unknown): value is Monitoring {
  return isMapOf(value, (section): section is Record<string, Values> => isMapOf(section, isValues));
}

function isValues(value: unknown): value is Values {
  return isMapOf(value, (item, key): item is number => typeof item === 'number' && statisticNames.has(key));
}

function isMetricInfos(value: unknown): value is MonitoringInfo['metrics'] {
  return isMapOf(value, (info, key): info is object => isMetricKey(key) && isMetricInfo(info));
}

function isMetricInfo(value: unknown): boolean {
  if (!isMap(value)) return false;
  if (value.missing !== undefined) return isReason(value.missing);
  return (
    typeof value.source === 'string' &&
    typeof value.period === 'number' &&
    typeof value.coverage === 'number' &&
    (value.resolution === undefined || typeof value.resolution === 'number') &&
    (value.incomplete === undefined || isReason(value.incomplete)) &&
    (value.max_is === undefined || value.max_is === 'upper_bound')
  );
}

function isReason(value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(missingReasons, value);
}
