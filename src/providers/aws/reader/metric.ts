import type { Dimension } from '@aws-sdk/client-cloudwatch';

/** One native series, with all of its dimensions. */
export interface AwsMetric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

/** Native series that carry these dimensions, and perhaps more. */
export interface AwsScope {
  /** The secret's own region where absent. */
  readonly region?: string | undefined;
  readonly namespace: string;
  readonly dimensions: AwsMetric['dimensions'];
}

/** Dimensions in one order, CloudWatch having none: equal series are equal JSON. */
export function dimensionsOf(dimensions: readonly Dimension[] = []): AwsMetric['dimensions'] {
  return dimensions
    .flatMap(({ Name, Value }) => (Name === undefined || Value === undefined ? [] : [{ Name, Value }]))
    .sort((a, b) => (a.Name < b.Name ? -1 : 1));
}
