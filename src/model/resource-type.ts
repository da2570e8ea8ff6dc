import { type MetricKey, metricKeys } from './metric.ts';

/** A type of resource that a cloud has and measures: a row of its catalog. */
export interface ResourceType {
  /** What a run asks for: `server`, `database`. Each once a provider. */
  readonly id: string;
  /** `EC2 instance` */
  readonly label: string;
  /** Cloudforet's `cloud_service_group` and `cloud_service_type`. */
  readonly group: string;
  readonly type: string;
  /** What tells it from types of the same group and type: the `instanceType` of its resources. */
  readonly instanceType?: string;
  readonly metrics: readonly MetricKey[];
}

/** The types of a provider, without the provider. */
export interface ProviderTypes {
  readonly provider: string;
  readonly types: readonly ResourceType[];
}

type HasTypes = { readonly types: readonly ResourceType[] };

/** What is measured of a type of resource; nothing where the provider does not have it. */
export function metricsOf({ types }: HasTypes, id: string): readonly MetricKey[] {
  return types.find((type) => type.id === id)?.metrics ?? [];
}

/** What is measured of resources of any of these types by any of these providers, in the order of the metrics' table. */
export function metricsOfAny(providers: readonly HasTypes[], ids: readonly string[]): MetricKey[] {
  const measured = new Set(providers.flatMap((provider) => ids.flatMap((id) => metricsOf(provider, id))));
  return metricKeys.filter((key) => measured.has(key));
}

/** The type of every provider that a run reads where nothing else is asked for. */
export const serverType = 'server';
