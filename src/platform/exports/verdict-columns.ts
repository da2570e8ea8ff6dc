import type { ExportColumn } from '../inventory/export/columns.ts';
import type { ReviewRow } from '../rightsizing/review-row.ts';

/** Of verdicts, as `fleetgauge rightsize -o csv` has them. */
export const verdictColumns: readonly ExportColumn<ReviewRow>[] = [
  { name: 'provider', kind: 'text', value: ({ provider }) => provider },
  { name: 'account', kind: 'text', value: ({ account }) => account },
  { name: 'region', kind: 'text', value: ({ region }) => region },
  { name: 'resource_id', kind: 'text', value: ({ resource_id }) => resource_id },
  { name: 'name', kind: 'text', value: ({ name }) => name },
  { name: 'instance_type', kind: 'text', value: ({ instance_type }) => instance_type },
  { name: 'class', kind: 'text', value: ({ class: found }) => found },
  { name: 'reason', kind: 'text', value: ({ reason }) => reason },
  { name: 'cpu.peak', kind: 'number', value: ({ cpu }) => cpu?.peak ?? null },
  { name: 'cpu.max', kind: 'number', value: ({ cpu }) => cpu?.max ?? null },
  { name: 'cpu.coverage', kind: 'number', value: ({ cpu }) => cpu?.coverage ?? null },
  { name: 'memory.peak', kind: 'number', value: ({ memory }) => memory?.peak ?? null },
  { name: 'memory.max', kind: 'number', value: ({ memory }) => memory?.max ?? null },
  { name: 'suggestion', kind: 'text', value: ({ suggestion }) => suggested(suggestion) },
  { name: 'withheld', kind: 'text', value: ({ withheld }) => withheld },
  { name: 'savings_usd', kind: 'number', value: ({ savings }) => savings?.usd ?? null },
  { name: 'savings_usd_per_hour', kind: 'number', value: ({ savings }) => savings?.usd_per_hour ?? null },
  { name: 'hours', kind: 'number', value: ({ savings }) => savings?.hours ?? null },
  { name: 'caveats', kind: 'text', value: ({ caveats }) => (caveats.length === 0 ? null : caveats.join(' ')) },
  { name: 'state', kind: 'text', value: ({ state }) => state },
  { name: 'decided_by', kind: 'text', value: ({ decision }) => decision?.by ?? null },
  { name: 'decided_at', kind: 'text', value: ({ decision }) => decision?.at ?? null },
];

function suggested(suggestion: ReviewRow['suggestion']): string | null {
  if (suggestion === null) return null;
  return suggestion.action === 'stop' ? 'stop' : suggestion.instance_type;
}
