import type { Labels } from './metric-types.ts';
import { type ResourceType, resourceTypes } from './monitoring-filter.ts';

/** What sets a time series apart, as the answer tells it. */
export interface Identity {
  readonly resourceLabels: Labels;
  readonly metricLabels: Labels;
}

/** A label that series are grouped by. */
export interface GroupField {
  readonly scope: 'resource' | 'metric';
  readonly label: string;
}

/** Reads one of `groupByFields`; undefined for a label that the series lack. `resource.type` groups nothing, as there is one. */
export function parseGroupField(
  text: string,
  resourceType: ResourceType,
  metricLabels: readonly string[],
): readonly GroupField[] | undefined {
  if (text === 'resource.type' || text === 'metric.type') return [];
  if (text === 'project') return [{ scope: 'resource', label: 'project_id' }];
  const [, scope, label = ''] = /^(resource|metric)\.labels?\.(\w+)$/.exec(text) ?? [];
  if (scope === 'resource' && resourceTypes[resourceType].some((name) => name === label)) return [{ scope, label }];
  return scope === 'metric' && metricLabels.includes(label) ? [{ scope, label }] : undefined;
}

/** The identity that the members of a group share; series that are reduced belong to the project that was asked. */
export function groupIdentity(member: Identity, fields: readonly GroupField[], projectId: string): Identity {
  const labels = (scope: GroupField['scope'], of: Labels) =>
    Object.fromEntries(
      fields
        .filter((field) => field.scope === scope && of[field.label] !== undefined)
        .map(({ label }) => [label, of[label] ?? '']),
    );
  return {
    resourceLabels: { project_id: projectId, ...labels('resource', member.resourceLabels) },
    metricLabels: labels('metric', member.metricLabels),
  };
}

/** A text that is equal for members of one group. */
export function groupKey({ resourceLabels, metricLabels }: Identity, fields: readonly GroupField[]): string {
  const values = fields.map(({ scope, label }) => (scope === 'resource' ? resourceLabels : metricLabels)[label] ?? '');
  return values.length === 1 ? (values[0] ?? '') : values.join('\n');
}
