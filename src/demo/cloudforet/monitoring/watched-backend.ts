import type { Json } from '#wire/struct/json.ts';
import type { FaultSwitches } from '../../fleet/fault-switches.ts';
import { draw, hashText } from '../../fleet/hash.ts';
import type { Faults } from '../faults.ts';
import { isList, text } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { Stats } from '../stats.ts';
import type { MetricAnswer, MetricBackend, MetricCall } from './metric-backend.ts';

/** A backend whose calls are counted and whose answers have the faults in force. */
export function watchedBackend(
  backend: MetricBackend,
  faults: FaultSwitches<Faults>,
  stats: Stats,
  seed: number,
): MetricBackend {
  const refuseSecret = (secretId: string) => {
    if (!faults.current.rejectedSecrets.includes(secretId)) return;
    throw refuse('ERROR_UNKNOWN', `The secret ${secretId} is refused by its cloud.`);
  };
  return {
    getData: (call) =>
      stats.track('plugin: Metric.get_data', async (addItems) => {
        addItems(call.queries.size);
        refuseSecret(call.secret.secretId);
        if (faults.current.unknownMetrics.some((metric) => names(call, metric))) return nothing(call);
        return spoil(await backend.getData(call), call, faults.current, seed);
      }),
    list: (call) =>
      stats.track('plugin: Metric.list', async () => {
        refuseSecret(call.secret.secretId);
        return backend.list(call);
      }),
  };
}

/** Of today's generation AWS is asked for the metric that its queries name, whatever the request's own says. */
function names({ queries, metric }: MetricCall, unknown: string): boolean {
  const inQuery = text(queries.values().next().value?.MetricName);
  return (inQuery || metric) === unknown;
}

/** AWS answers an empty series of what it does not know, the others none. */
function nothing({ provider, queries }: MetricCall): MetricAnswer {
  return {
    labels: [],
    values: provider === 'aws' ? Object.fromEntries([...queries.keys()].map((id) => [id, []])) : {},
  };
}

function spoil({ labels, values }: MetricAnswer, call: MetricCall, faults: Faults, seed: number): MetricAnswer {
  const { droppedRate, gapRate, int64Strings } = faults;
  if (droppedRate === 0 && gapRate === 0 && !int64Strings) return { labels, values };
  const spoilt: Record<string, Json> = {};
  for (const [id, series] of Object.entries(values)) {
    const luck = hashText(seed, `${id} ${call.metric}`);
    if (draw(luck, -1) < droppedRate) continue;
    const points = isList(series) ? series : [];
    const kept = gapRate === 0 ? points : gapped(points, (index) => draw(luck, index) < gapRate, call.provider);
    spoilt[id] = int64Strings ? kept.map(asText) : kept;
  }
  return { labels, values: spoilt };
}

function gapped(points: readonly Json[], isGap: (index: number) => boolean, provider: string): readonly Json[] {
  if (provider === 'azure') return points.map((point, index) => (isGap(index) ? 0 : point));
  return points.filter((_, index) => !isGap(index));
}

function asText(point: Json): Json {
  return Number.isInteger(point) ? String(point) : point;
}
