import { z } from 'zod';
import { ExportWish } from '#platform/exports/wish.ts';
import { exportStates } from '#store/exports.ts';
import { ErrorReport } from './api.ts';

/* What the API says of files that are made in the background. The console takes these types. */

const time = z.iso.datetime();
const count = z.int();

export const ExportBody = ExportWish;
/** As it is sent: what is usual may be left out. */
export type ExportBody = z.input<typeof ExportBody>;

export const ExportRow = z
  .strictObject({
    id: count,
    asked: ExportWish.nullable().describe(
      'What is in it: to be sent again, for a newer one. Null where another release wrote it down, and this one cannot read it.',
    ),
    state: z.enum(exportStates).describe('Waits, is being made, can be taken, could not be made, or was canceled.'),
    done: count.describe('Servers that were read.'),
    total: count.nullable().describe('Servers to be read; null before they are counted.'),
    rows: count,
    bytes: count,
    error: ErrorReport.nullable().describe('Why there is no file.'),
    file_name: z.string(),
    asked_by: z.string(),
    is_own: z.boolean(),
    requested_at: time,
    finished_at: time.nullable(),
    expires_at: time.nullable().describe('When it is deleted; null until it is over.'),
  })
  .readonly();
export type ExportRow = z.infer<typeof ExportRow>;

export const ExportRoom = z
  .strictObject({
    keep_days: z.number(),
    own_bytes: count,
    own_bytes_at_most: count,
    all_bytes: count,
    all_bytes_at_most: count,
  })
  .readonly();
export type ExportRoom = z.infer<typeof ExportRoom>;

export const ExportsReply = z.strictObject({ files: z.array(ExportRow).readonly(), room: ExportRoom }).readonly();
export type ExportsReply = z.infer<typeof ExportsReply>;
