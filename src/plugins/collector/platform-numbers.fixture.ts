import type { Json } from '#wire/struct/json.ts';
import type { DataSourceSpec, MetricSource } from '../../demo/cloudforet/monitoring/data-source.ts';
import type { MetricCall } from '../../demo/cloudforet/monitoring/metric-backend.ts';

/** What a data source is asked of one server. */
export interface Question {
  /** Of the platform's record. */
  readonly id: string;
  readonly metric: string;
  readonly stat: string;
  readonly call: MetricCall;
}

/** A data source that answers as it is told: points, or undefined for a server that it leaves out. */
export function answering(
  provider: DataSourceSpec['provider'],
  answer: (question: Question) => readonly Json[] | undefined,
  over: Partial<DataSourceSpec> = {},
): DataSourceSpec {
  const source: MetricSource = {
    backend: {
      async getData(call) {
        const values: Record<string, Json> = {};
        for (const id of call.queries.keys()) {
          const points = answer({ id, metric: nameOf(id, call), stat: call.stat ?? '', call });
          if (points !== undefined) values[id] = points;
        }
        return { labels: [], values };
      },
      list: async () => [],
    },
  };
  return { provider, source, ...over };
}

/** AWS's plugin of 2.x goes by the query, the others by the request. */
function nameOf(id: string, { queries, metric }: MetricCall): string {
  const name = queries.get(id)?.MetricName;
  return typeof name === 'string' ? name : metric;
}

/** Whole days by five minutes, in which everything is `perSample`; statistics as CloudWatch has them. */
export function steady(stat: string, perSample: number, days = 14): number[] {
  return Array.from({ length: days }, () => (stat === 'SUM' ? perSample * 288 : perSample));
}
