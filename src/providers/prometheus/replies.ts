import { z } from 'zod';

/** Of each answer of the API, the fields that are read. Source: Prometheus documentation, "HTTP API". */
const LabelSet = z.record(z.string(), z.string());
const Value = z.string().regex(/^([+-]?Inf|NaN|[+-]?\d+(\.\d+)?([eE][+-]?\d+)?)$/, 'is not a number');
const Point = z.tuple([z.number(), Value]);
const success = { status: z.literal('success'), warnings: z.array(z.string()).optional() };

export const VectorReply = z.object({
  ...success,
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: LabelSet, value: Point })),
  }),
});

export const MatrixReply = z.object({
  ...success,
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: LabelSet, values: z.array(Point) })),
  }),
});

export const ScalarReply = z.object({
  ...success,
  data: z.object({ resultType: z.literal('scalar'), result: Point }),
});

export const SeriesReply = z.object({ ...success, data: z.array(LabelSet) });

export const ErrorReply = z.object({
  status: z.literal('error'),
  errorType: z.string().optional(),
  error: z.string().optional(),
});
