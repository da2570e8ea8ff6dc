import { z } from 'zod';
import { metricKeys } from '#model/metric.ts';
import { serverType } from '#model/resource-type.ts';
import { verdictClasses } from '#rightsizing/verdict.ts';
import { decisionStates } from '#store/rightsizing.ts';
import { exportFormNames } from '../inventory/export/export.ts';

const format = z.enum(exportFormNames).default('csv');
const q = z
  .string()
  .max(2000)
  .exactOptional()
  .meta({ description: '`provider:aws cpu.p95:<5 mem:none -account:sandbox`' });
const type = z
  .string()
  .max(200)
  .default(serverType)
  .meta({ description: '`server`, another type such as `rds_instance`, or `all`.' });

/** Days that are asked for where nobody says how many. */
const usualDays = 14;

/** What a file is to have in it: servers, what was measured of them day by day, or the verdicts on them. */
export const ExportWish = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('servers'),
      format,
      type,
      q,
      columns: z
        .array(z.string().max(300))
        .min(1)
        .max(400)
        .readonly()
        .exactOptional()
        .describe('As `columns=` of `/api/servers/export`; the usual ones where absent.'),
    }),
    z.strictObject({
      kind: z.literal('metrics'),
      format,
      type,
      q,
      metrics: z
        .array(z.enum(metricKeys))
        .min(1)
        .readonly()
        .default(['cpu.utilization', 'memory.usage'])
        .describe('A row a server, whole UTC day and metric that was asked for.'),
      days: z.int().min(1).max(400).default(usualDays),
    }),
    z.strictObject({
      kind: z.literal('rightsizing'),
      format,
      q,
      class: z.enum(verdictClasses).exactOptional(),
      state: z.enum(decisionStates).exactOptional(),
    }),
  ])
  .readonly();
export type ExportWish = z.infer<typeof ExportWish>;
