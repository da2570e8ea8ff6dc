import type { MetricAnswer } from './metric-plugin.ts';

/** Several answers as one: on an axis of all their times, with a gap where a part has no point. */
export function mergeAnswers(answers: readonly MetricAnswer[]): MetricAnswer {
  const [only] = answers;
  if (only !== undefined && answers.length === 1) return only;
  const labels = [...new Set(answers.flatMap((answer) => answer.labels))].sort((a, b) => Date.parse(a) - Date.parse(b));
  const values = answers.flatMap((answer) => {
    const places = answer.labels.map((label) => labels.indexOf(label));
    const isWhole = places.length === labels.length;
    return Object.entries(answer.values).map(
      ([id, points]) => [id, isWhole || points.length === 0 ? points : placed(points, places, labels.length)] as const,
    );
  });
  return { labels, values: Object.fromEntries(values) };
}

function placed(points: readonly (number | null)[], places: readonly number[], length: number): (number | null)[] {
  const axis: (number | null)[] = Array.from({ length }, () => null);
  for (const [at, place] of places.entries()) axis[place] = points[at] ?? null;
  return axis;
}
