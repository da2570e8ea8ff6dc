import type { MetricAnswer, MetricBackend, MetricCall } from './metric-backend.ts';

/** A backend that remembers what it was asked and how many questions were open at once; each resource gets the number 1. */
export function recorder(answer: (call: MetricCall) => Partial<MetricAnswer> = () => ({})) {
  const calls: MetricCall[] = [];
  let open = 0;
  let mostOpen = 0;
  const backend: MetricBackend = {
    async getData(call) {
      calls.push(call);
      open++;
      mostOpen = Math.max(mostOpen, open);
      // Other questions that may be open get their turn.
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      const values = Object.fromEntries([...call.queries.keys()].map((id) => [id, [1]]));
      return { labels: ['2026-11-17T12:00:00.000Z'], values, ...answer(call) };
    },
    list: async () => [{ key: 'CPUUtilization', name: 'CPUUtilization' }],
  };
  return { backend, calls, mostOpen: () => mostOpen };
}
