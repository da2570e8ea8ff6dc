import type { JsonObject } from '#wire/struct/json.ts';
import { isObject, objectIf, text } from '../json.ts';

/** Numbers of the enums, which both generations have alike. */
const states: Readonly<Record<string, 1 | 2>> = { ENABLED: 1, DISABLED: 2 };
const monitoringTypes: Readonly<Record<string, 1 | 2>> = { METRIC: 1, LOG: 2 };
const upgradeModes: Readonly<Record<string, 1 | 2>> = { MANUAL: 1, AUTO: 2 };

/** The name of a request's MonitoringType; '' where none is set. */
export function monitoringTypeName(value: number): string {
  return Object.entries(monitoringTypes).find(([, number]) => number === value)?.[0] ?? '';
}

/** A row as the DataSourceInfo of either generation. */
export function toDataSourceInfo(row: JsonObject) {
  return {
    data_source_id: text(row.data_source_id),
    name: text(row.name),
    state: states[text(row.state)],
    monitoring_type: monitoringTypes[text(row.monitoring_type)],
    provider: text(row.provider),
    capability: objectIf(row.capability),
    plugin_info: isObject(row.plugin_info) ? toPluginInfo(row.plugin_info) : undefined,
    tags: objectIf(row.tags),
    domain_id: text(row.domain_id),
    created_at: text(row.created_at),
  };
}

function toPluginInfo(info: JsonObject) {
  return {
    plugin_id: text(info.plugin_id),
    version: text(info.version),
    options: objectIf(info.options),
    metadata: objectIf(info.metadata),
    ...(info.secret_id === undefined ? { provider: text(info.provider) } : { secret_id: text(info.secret_id) }),
    upgrade_mode: upgradeModes[text(info.upgrade_mode)],
  };
}
