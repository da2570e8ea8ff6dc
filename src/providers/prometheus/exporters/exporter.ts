import type { Family } from '../catalog.ts';
import type { Labels } from '../promql.ts';

/** A program whose metrics tell of servers, as a row: which metrics say that a server exists, what it is, and how used. */
export interface Exporter {
  /** `node_exporter` */
  readonly id: string;
  /** Where its metrics are documented. */
  readonly documentation: string;
  /** Labels that name a server in its metrics, the last one the most telling. */
  readonly by: readonly string[];
  /** Of which each server has a series as long as it is there. */
  readonly identity: string;
  /** One series a server that is scraped together with all that measures it. */
  readonly pulse: Selector;
  /** Labels of `identity` that are its own; all others come from the scrape and become tags. */
  readonly own: readonly string[];
  /** Further metrics whose labels describe a server. */
  readonly infos: readonly string[];
  /** Processors, as the value of a metric or as the number of values of one of its labels. */
  readonly vcpus: Selector & { readonly counted?: string };
  /** Bytes; of several the first that a server has. */
  readonly memoryTotal: readonly [Selector, ...Selector[]];
  /** The state of a virtual machine, by the names that it goes by. */
  readonly states: readonly string[];
  /** Whether `up` of its target says whether the server itself answers. */
  readonly isTarget: boolean;
  readonly families: readonly Family[];
  /** @param labels of `identity` and of all `infos` */
  describe(labels: Labels): Description;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly string[];
}

export interface Description {
  /** The server's own id, where it has one besides the labels that name it. */
  readonly id?: string | undefined;
  readonly name: string | undefined;
  readonly instanceType: string | undefined;
  readonly platform: string | undefined;
}

/** The first of these labels that is there and not empty. */
export function firstOf(labels: Labels, ...names: readonly string[]): string | undefined {
  return names.map((name) => labels[name]).find((value) => value !== undefined && value !== '');
}
