import { type ApiError, invalidField } from './errors.ts';
import type { MetricKind, ValueType } from './metric-types.ts';

/** What the values of a series are; aggregation changes it. */
export interface ValueKind {
  readonly kind: MetricKind;
  readonly valueType: ValueType;
  readonly unit: string;
}

/** The aligners that the simulation computes. */
export type Aligner = keyof typeof aligners;

/** The reducers that the simulation computes. */
export type Reducer = keyof typeof reducers;

interface AlignerTraits {
  /** Kinds of numeric metrics that it takes. */
  readonly takes: readonly MetricKind[];
  /** Between buckets with data, those without get values by interpolation. */
  readonly interpolates: boolean;
  result(input: ValueKind): ValueKind;
}

const same = (input: ValueKind): ValueKind => input;
const gauge = (input: ValueKind): ValueKind => ({ ...input, kind: 'GAUGE' });
const both = ['GAUGE', 'DELTA'] as const;

/** google.monitoring.v3.Aggregation.Aligner: what each takes and gives. */
const aligners = {
  ALIGN_NONE: { takes: both, interpolates: false, result: same },
  ALIGN_DELTA: { takes: ['DELTA'], interpolates: true, result: same },
  ALIGN_RATE: {
    takes: ['DELTA'],
    interpolates: true,
    result: ({ unit }) => ({ kind: 'GAUGE', valueType: 'DOUBLE', unit: `${unit}/s` }),
  },
  ALIGN_MIN: { takes: both, interpolates: false, result: gauge },
  ALIGN_MAX: { takes: both, interpolates: false, result: gauge },
  ALIGN_MEAN: {
    takes: both,
    interpolates: false,
    result: ({ unit }) => ({ kind: 'GAUGE', valueType: 'DOUBLE', unit }),
  },
  ALIGN_COUNT: { takes: both, interpolates: false, result: () => ({ kind: 'GAUGE', valueType: 'INT64', unit: '1' }) },
  ALIGN_SUM: { takes: both, interpolates: false, result: same },
} as const satisfies Record<string, AlignerTraits>;

/** google.monitoring.v3.Aggregation.Reducer: what each makes of the values. */
const reducers = {
  REDUCE_NONE: same,
  REDUCE_MEAN: (input) => ({ ...input, valueType: 'DOUBLE' }),
  REDUCE_MIN: same,
  REDUCE_MAX: same,
  REDUCE_SUM: same,
  REDUCE_COUNT: () => ({ kind: 'GAUGE', valueType: 'INT64', unit: '1' }),
} as const satisfies Record<string, (input: ValueKind) => ValueKind>;

/** Whether an aligner invents values for buckets without data. */
export function interpolates(aligner: Aligner): boolean {
  return aligners[aligner].interpolates;
}

/** Whether a sum may be aligned in place of what it is the sum of. */
export function keepsSums(aligner: Aligner): boolean {
  return aligner === 'ALIGN_SUM' || aligner === 'ALIGN_RATE' || aligner === 'ALIGN_DELTA';
}

export function isAligner(name: string): name is Aligner {
  return Object.hasOwn(aligners, name);
}

export function isReducer(name: string): name is Reducer {
  return Object.hasOwn(reducers, name);
}

/** What a series is after a stage of aggregation. @throws ApiError if the aligner does not take such series */
export function aggregated(
  field: 'aggregation' | 'secondaryAggregation',
  input: ValueKind,
  { aligner, reducer }: { readonly aligner: Aligner; readonly reducer: Reducer },
): ValueKind {
  const { takes, result } = aligners[aligner];
  if (!takes.some((kind) => kind === input.kind)) throw cannotAlign(`${field}.perSeriesAligner`, aligner, input);
  return reducers[reducer](result(input));
}

/** 400 for an aligner that a metric's kind or type rules out. */
export function cannotAlign(field: string, aligner: string, { kind, valueType }: ValueKind): ApiError {
  const why = `The aligner cannot be applied to metrics with kind ${kind} and value type ${valueType}.`;
  return invalidField(field, aligner, why);
}
