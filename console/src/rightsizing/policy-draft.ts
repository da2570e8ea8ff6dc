import type { PolicyChoices, PolicyLimit, PolicyParts } from '../../../src/server/rightsizing-api.ts';

export type PolicyPart = keyof PolicyParts;

/** In the order of the form. */
export const policyParts = [
  'look_back_days',
  'percentile',
  'cpu_headroom',
  'memory_headroom',
  'minimum_coverage',
  'idle_cpu_percent',
  'idle_network_bytes_per_second',
] as const satisfies readonly PolicyPart[];

/** What is typed, in the units of the form. */
export type PolicyDraft = Readonly<Record<PolicyPart, string>>;

/** How many of the policy's units one of the form is. */
const unitOf: Readonly<Record<PolicyPart, number>> = {
  look_back_days: 1,
  percentile: 0.01,
  cpu_headroom: 0.01,
  memory_headroom: 0.01,
  minimum_coverage: 0.01,
  idle_cpu_percent: 1,
  idle_network_bytes_per_second: 1_000_000,
};

export type DraftProblem =
  | { readonly kind: 'number' | 'whole' }
  /** `limit` as the form writes it. */
  | { readonly kind: 'atLeast' | 'moreThan' | 'atMost'; readonly limit: string };

export interface ReadDraft {
  /** Undefined as long as there is a problem. */
  readonly policy: PolicyParts | undefined;
  readonly problems: Readonly<Partial<Record<PolicyPart, DraftProblem>>>;
}

export function draftOf(policy: PolicyParts): PolicyDraft {
  return recordOf((part) => written(part, policy[part]));
}

/** Reads what is typed, by the limits that the API tells. */
export function readDraft(draft: PolicyDraft, limits: PolicyChoices['limits']): ReadDraft {
  const values = recordOf((part) => numberOf(part, draft[part]));
  const problems: Partial<Record<PolicyPart, DraftProblem>> = {};
  for (const part of policyParts) {
    const problem =
      draft[part].trim() === '' ? ({ kind: 'number' } as const) : problemOf(part, values[part], limits[part]);
    if (problem !== undefined) problems[part] = problem;
  }
  return { policy: Object.keys(problems).length === 0 ? values : undefined, problems };
}

export function isSamePolicy(one: PolicyParts, other: PolicyParts): boolean {
  return policyParts.every((part) => one[part] === other[part]);
}

function problemOf(part: PolicyPart, value: number, limit: PolicyLimit): DraftProblem | undefined {
  if (!Number.isFinite(value)) return { kind: 'number' };
  if (limit.type === 'integer' && !Number.isInteger(value)) return { kind: 'whole' };
  const { minimum, exclusiveMinimum, maximum } = limit;
  if (minimum !== undefined && value < minimum) return { kind: 'atLeast', limit: written(part, minimum) };
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return { kind: 'moreThan', limit: written(part, exclusiveMinimum) };
  }
  if (maximum !== undefined && value > maximum) return { kind: 'atMost', limit: written(part, maximum) };
  return undefined;
}

/** Digits that no reader types, but that binary fractions leave behind. */
const digits = 12;

function written(part: PolicyPart, value: number): string {
  return String(Number((value / unitOf[part]).toPrecision(digits)));
}

function numberOf(part: PolicyPart, typed: string): number {
  return Number((Number(typed) * unitOf[part]).toPrecision(digits));
}

function recordOf<T>(of: (part: PolicyPart) => T): Record<PolicyPart, T> {
  return {
    look_back_days: of('look_back_days'),
    percentile: of('percentile'),
    cpu_headroom: of('cpu_headroom'),
    memory_headroom: of('memory_headroom'),
    minimum_coverage: of('minimum_coverage'),
    idle_cpu_percent: of('idle_cpu_percent'),
    idle_network_bytes_per_second: of('idle_network_bytes_per_second'),
  };
}
