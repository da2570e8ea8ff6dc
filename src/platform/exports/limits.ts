import { CollectError } from '#model/errors.ts';
import type { ExportStore } from '#store/exports.ts';

/** How long files are kept, and how much room they may take. */
export interface ExportLimits {
  readonly keepDays: number;
  /** Of all files together. */
  readonly totalBytes: number;
  /** Of the files of one user. */
  readonly userBytes: number;
  readonly userFiles: number;
  /** Of one user, that wait or are being made. */
  readonly userOpen: number;
}

const megabyte = 1_000_000;

export const usualExportLimits: ExportLimits = {
  keepDays: 7,
  totalBytes: 2_000 * megabyte,
  userBytes: 500 * megabyte,
  userFiles: 100,
  userOpen: 10,
};

export function expiryOf({ keepDays }: ExportLimits, now: number): number {
  return now + keepDays * 86_400_000;
}

/** @throws CollectError `conflict` where this user has to delete something first, or to wait */
export async function checkRoom(exports: ExportStore, limits: ExportLimits, owner: string): Promise<void> {
  const own = await exports.usage(owner);
  const fix = 'Delete files that you do not need any more, or take this one directly: GET /api/servers/export.';
  if (own.open >= limits.userOpen) {
    throw new CollectError('conflict', `${own.open} of your exports are waiting or being made, and no more may be`, {
      fix: 'Wait for one of them, or cancel one.',
    });
  }
  if (own.files >= limits.userFiles) {
    throw new CollectError('conflict', `you have ${own.files} exports, and no more may be kept`, { fix });
  }
  if (own.bytes >= limits.userBytes) {
    throw new CollectError('conflict', `your exports take the ${megabytes(limits.userBytes)} that they may`, { fix });
  }
  const all = await exports.usage();
  if (all.bytes >= limits.totalBytes) {
    throw new CollectError('conflict', `all exports together take the ${megabytes(limits.totalBytes)} that they may`, {
      fix: 'Ask an admin to delete some, or take this one directly: GET /api/servers/export.',
    });
  }
}

/** Of a file that is being made, and counts itself. @throws CollectError `conflict` where so much more does not fit */
export async function checkGrowth(
  exports: ExportStore,
  limits: ExportLimits,
  { owner, bytes }: { readonly owner: string; readonly bytes: number },
): Promise<void> {
  const fix = 'Delete exports that you do not need any more, narrow the filter, or ask for Parquet, which is smaller.';
  if ((await exports.usage(owner)).bytes + bytes > limits.userBytes) {
    throw new CollectError(
      'conflict',
      `with this file your exports would take more than ${megabytes(limits.userBytes)}`,
      {
        fix,
      },
    );
  }
  if ((await exports.usage()).bytes + bytes > limits.totalBytes) {
    throw new CollectError(
      'conflict',
      `with this file all exports together would take more than ${megabytes(limits.totalBytes)}`,
      { fix },
    );
  }
}

function megabytes(bytes: number): string {
  return `${Math.round((bytes / megabyte) * 10) / 10} MB`;
}
