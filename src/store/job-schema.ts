import { z } from 'zod';
import { type ErrorCode, type ErrorReport, errorCodes } from '#model/errors.ts';
import type { Cost } from '#model/fleet.ts';
import { type Counts, type FailureGroup, type PhaseSpan, taskPhases } from './jobs.ts';

/** What jobs keep as JSON. */
export const ErrorReportSchema: z.ZodType<ErrorReport> = z.object({
  code: z.enum(Object.keys(errorCodes).filter(isErrorCode)),
  message: z.string(),
  where: z.string().exactOptional(),
  fix: z.string().exactOptional(),
});

export const CostSchema: z.ZodType<Cost> = z.object({
  calls: z.number(),
  metrics: z.number(),
  points: z.number(),
  usd: z.number(),
  usdAtMost: z.number(),
});

export const CountsSchema: z.ZodType<Counts> = z.object({
  servers: z.number(),
  created: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  failed: z.number(),
});

export const FailureGroupsSchema: z.ZodType<FailureGroup[]> = z.array(
  z.object({ reason: z.string(), count: z.number(), error: ErrorReportSchema }),
);

export const PhaseSpansSchema: z.ZodType<PhaseSpan[]> = z.array(z.tuple([z.enum(taskPhases), z.number(), z.number()]));

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}
