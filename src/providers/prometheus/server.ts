import type { Resource } from '#model/resource.ts';
import type { Family } from './catalog.ts';

/** A server that an exporter tells of, with what its queries depend on. */
export interface PrometheusServer extends Resource {
  /** By id. */
  readonly exporter: string;
  /** Labels that name it in its exporter's metrics. */
  readonly by: readonly string[];
  /** Their values, as one text; absent where nothing measures it. */
  readonly measuredAs?: string;
  /** How far apart its samples are. */
  readonly scrapeSeconds: number;
  /** Epoch seconds; of a server that is gone or does not answer. */
  readonly lastSeenAt?: number;
  readonly isDoubled: boolean;
  readonly hasClock: boolean;
  /** The metric that tells when a virtual machine is shut off. */
  readonly stateMetric?: string;
  /** How many series there are behind one of its keys. */
  readonly seriesPerKey: Readonly<Record<Family['id'], number>>;
}

const separator = '\u0000';

/** The values of labels that name a server, as one text; undefined where none of them is there. */
export function nameIn(labels: Readonly<Record<string, string>>, by: readonly string[]): string | undefined {
  const values = by.map((label) => labels[label] ?? '');
  return values.every((value) => value === '') ? undefined : values.join(separator);
}

/** The value of the last of the labels that name a server: what queries select it by. */
export function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(separator) + 1);
}

/** `cluster-a/10.0.0.1:9100` */
export function readable(name: string): string {
  return name
    .split(separator)
    .filter((value) => value !== '')
    .join('/');
}
