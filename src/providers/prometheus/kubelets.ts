import { firstOf } from './exporters/exporter.ts';
import { kubernetes, wholeNode } from './exporters/kubernetes.ts';
import type { DiscoveryContext, Life } from './lives.ts';
import { type Labels, select } from './promql.ts';
import { nameIn } from './server.ts';

/** How a node is named in the metrics of its cAdvisor. */
export interface Kubelet {
  readonly by: 'node' | 'instance';
  readonly name: string;
}

/**
 * Finds each node's cAdvisor: by a label `node`, as the Prometheus operator gives it, or by an instance that is the node's name
 * or address.
 *
 * @returns by the node's name among `lives`
 */
export async function kubeletsOf(
  { api, at, keyLabels, lookbackDays, matchers, signal }: DiscoveryContext,
  lives: readonly Life[],
): Promise<Map<string, Kubelet>> {
  const selector = select(kubernetes.pulse.metric, [wholeNode, ...matchers]);
  const isAllHere = lives.every(({ isHere }) => isHere);
  const asked = isAllHere ? selector : `last_over_time(${selector}[${lookbackDays}d])`;
  const group = [...keyLabels, 'node', 'instance'].join(', ');
  const samples = await api.instant(`count by (${group}) (${asked})`, at, signal);
  const bySource = new Map<string, Kubelet>();
  for (const { labels } of samples) {
    const by = firstOf(labels, 'node') === undefined ? 'instance' : 'node';
    const name = nameIn(labels, [...keyLabels, by]);
    if (name === undefined) continue;
    for (const source of new Set([labels[by] ?? '', hostOf(labels[by] ?? '')]))
      bySource.set(keyOf(labels, keyLabels, source), { by, name });
  }
  return new Map(
    lives.flatMap(({ name, labels }): [string, Kubelet][] => {
      const sources = [labels.node ?? '', labels.internal_ip ?? ''].map((each) => keyOf(labels, keyLabels, each));
      const kubelet = sources.map((source) => bySource.get(source)).find((each) => each !== undefined);
      return kubelet === undefined ? [] : [[name, kubelet]];
    }),
  );
}

/** `10.0.0.1` of `10.0.0.1:9100` */
export function hostOf(instance: string): string {
  return instance.replace(/:\d+$/, '');
}

function keyOf(labels: Labels, keyLabels: readonly string[], source: string): string {
  return [...keyLabels.map((label) => labels[label] ?? ''), source].join('\u0000');
}
