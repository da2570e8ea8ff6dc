import type { Json } from '#wire/struct/json.ts';
import type { MetricAnswer } from './metric-backend.ts';

/** One answer of several: the labels of the first that has any, everybody's values. */
export function mergeAnswers(answers: readonly MetricAnswer[]): {
  labels: readonly Json[];
  values: Record<string, Json>;
} {
  return {
    labels: answers.find(({ labels }) => labels.length > 0)?.labels ?? [],
    values: Object.assign({}, ...answers.map(({ values }) => values)),
  };
}

/** A data source that fails is taken for one that has nothing. */
export function orNothing(work: Promise<MetricAnswer>): Promise<MetricAnswer> {
  return work.catch(() => ({ labels: [], values: {} }));
}
