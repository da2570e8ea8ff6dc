import type { MetricKey } from './metric.ts';

/** A type of resource that a cloud has and measures: a row of its catalog. */
export interface ResourceType {
  /** What a run asks for: `server`, `database`. Each once a provider. */
  readonly id: string;
  /** `EC2 instance` */
  readonly label: string;
  /** Cloudforet's `cloud_service_group` and `cloud_service_type`. */
  readonly group: string;
  readonly type: string;
  readonly metrics: readonly MetricKey[];
}

/** What is measured of a type of resource; nothing where the provider does not have it. */
export function metricsOf({ types }: { readonly types: readonly ResourceType[] }, id: string): readonly MetricKey[] {
  return types.find((type) => type.id === id)?.metrics ?? [];
}

/** The type of every provider that a run reads where nothing else is asked for. */
export const serverType = 'server';
