import { extname } from 'node:path';
import type { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { ExportWish } from '#platform/exports/wish.ts';
import { type ExportForm, exportFormNames } from '#platform/inventory/export/export.ts';
import type { VerdictClass } from '#rightsizing/verdict.ts';
import type { DecisionState } from '#store/rightsizing.ts';

export const exportKinds = ['servers', 'metrics', 'rightsizing'] as const satisfies readonly ExportWish['kind'][];
export type ExportKind = (typeof exportKinds)[number];

export interface WishFlags {
  readonly format?: ExportForm;
  readonly out?: string;
  readonly filter?: string;
  readonly type?: string;
  readonly columns?: readonly string[];
  readonly metrics?: readonly string[];
  readonly days?: number;
  readonly class?: VerdictClass;
  readonly state?: DecisionState;
}

/**
 * What flags want of a file; its form is that of its name where they say none.
 *
 * @throws CollectError `invalid_input` naming the option
 */
export function wishFrom(kind: ExportKind, { out = '', filter, columns = [], ...flags }: WishFlags): ExportWish {
  const { format = formOf(out), type, metrics, days, class: name, state } = flags;
  const names = columns.length === 0 ? undefined : columns;
  const given = { kind, format, q: filter, type, columns: names, metrics, days, class: name, state };
  const parsed = ExportWish.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  throw new CollectError('invalid_input', explain(parsed.error.issues[0], kind, flags), {
    fix: 'fleetgauge help export lists the options',
  });
}

function formOf(file: string): ExportForm | undefined {
  return exportFormNames.find((name) => extname(file) === `.${name}`);
}

function explain(issue: z.core.$ZodIssue | undefined, kind: ExportKind, { metrics }: WishFlags): string {
  if (issue?.code === 'unrecognized_keys') {
    const { keys } = issue;
    return `--${keys.join(', --')} ${keys.length === 1 ? 'does' : 'do'} not go with 'export ${kind}'`;
  }
  const [name, at] = issue?.path ?? [];
  const option = name === 'q' ? '--filter' : `--${String(name)}`;
  if (issue?.code !== 'invalid_value') return `${option}: ${issue?.message ?? 'malformed'}`;
  const given = typeof at === 'number' ? `'${metrics?.[at]}' ` : '';
  return `${option}: ${given}is not one of ${issue.values.join(', ')}`;
}
