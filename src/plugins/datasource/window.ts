import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ReadWindow } from '#model/metric-reader.ts';

/** ISO 8601 as Cloudforet and its users write it: a time without a zone is UTC. Gives epoch seconds. */
const Instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/)
  .transform((text) => Date.parse(/(^.{10}|Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`) / 1000)
  .refine(Number.isFinite);

/** @throws CollectError `invalid_input` */
export function parseWindow(startText: string, endText: string): ReadWindow {
  const [start, end] = [parseInstant('start', startText), parseInstant('end', endText)];
  if (start < end) return { start, end };
  throw new CollectError('invalid_input', 'end: has to be after start', { where: 'end' });
}

function parseInstant(name: string, text: string): number {
  const parsed = Instant.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new CollectError('invalid_input', `${name}: is not an ISO 8601 time such as 2026-11-22T12:00:00Z`, {
    where: name,
  });
}

/**
 * A window of whole minutes, and with a start that is a multiple of the finest period that its age has. Clouds do so with the
 * start anyway; no sample lies in the rest of the last minute; and requests of one moment then ask for the same.
 *
 * @param finestSeconds whole minutes
 */
export function alignWindow({ start, end }: ReadWindow, finestSeconds: number): ReadWindow {
  return { start: Math.floor(start / finestSeconds) * finestSeconds, end: Math.ceil(end / 60) * 60 };
}

/** Buckets of a window up to so long, as the platform's own plugins choose them: some sixty on a chart. */
const usualPeriods = [
  { windowSeconds: 3600, periodSeconds: 60 },
  { windowSeconds: 6 * 3600, periodSeconds: 600 },
  { windowSeconds: 12 * 3600, periodSeconds: 1200 },
  { windowSeconds: 86_400, periodSeconds: 1800 },
  { windowSeconds: 3 * 86_400, periodSeconds: 3600 },
  { windowSeconds: 7 * 86_400, periodSeconds: 10_800 },
  { windowSeconds: 14 * 86_400, periodSeconds: 21_600 },
] as const;

/**
 * The length of a bucket in seconds: as asked for, or else what is usual for the window and can be had of its age.
 *
 * @param asked 0 for the usual one
 * @param finestSeconds the finest period of points from the window's start on
 * @throws CollectError `invalid_input` where the cloud would have no points of that length, and would not say so
 */
export function periodOf(asked: number, { start, end }: ReadWindow, finestSeconds: number): number {
  if (asked === 0) {
    const usual = usualPeriods.find(({ windowSeconds }) => Math.floor(end - start) <= windowSeconds);
    return Math.ceil((usual?.periodSeconds ?? 86_400) / finestSeconds) * finestSeconds;
  }
  if (asked >= finestSeconds && asked % finestSeconds === 0) return asked;
  const why = `has to be a multiple of ${finestSeconds}: nothing finer is kept of a time so long ago`;
  throw new CollectError('invalid_input', `period: ${why}`, { where: 'period' });
}
