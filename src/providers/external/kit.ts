import { z } from 'zod';
import { addParts, averageOf, emptyCell, joinStretches } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import { addCosts, noCost } from '#model/fleet.ts';
import { metricKeys, metrics, serverMetricKeys } from '#model/metric.ts';
import { reasonOf } from '#model/missing.ts';
import { defineProvider } from '#model/provider.ts';
import { serverType } from '#model/resource-type.ts';
import { mergeSketches, sketchOf } from '#model/sketch.ts';
import { needsPoints, statistics } from '#model/statistic.ts';
import { dayAt, dayCount, daySeconds, daysOf, isoOf, lastDays, startOf } from '#model/window.ts';

/**
 * What a provider from outside is made with. It is handed in, so that plain JavaScript below `node_modules`, where Node strips
 * no types, need import nothing of ours.
 */
export const kit = {
  z,
  defineProvider,
  CollectError,
  reasonOf,
  noCost,
  addCosts,
  serverType,
  metrics,
  serverMetricKeys,
  metricKeys,
  statistics,
  needsPoints,
  emptyCell,
  addParts,
  joinStretches,
  averageOf,
  sketchOf,
  mergeSketches,
  daySeconds,
  dayAt,
  dayCount,
  daysOf,
  isoOf,
  lastDays,
  startOf,
} as const;
export type Kit = typeof kit;
