import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { budgetOf, type Figure, type Figures } from './budgets.ts';

const StoredRun = z.object({
  rows: z.number(),
  /** See `machineMs`. */
  machineMs: z.number(),
  /** Null where it could not be measured. */
  figures: z.record(z.string(), z.number().nullable()),
});

/** What a run of the bench measured, to be compared with by a later one. */
export interface Run {
  readonly rows: number;
  readonly machineMs: number;
  readonly figures: Figures;
}

type StoredRun = z.infer<typeof StoredRun>;

export async function writeRun(file: string, run: Run): Promise<void> {
  await writeFile(file, `${JSON.stringify({ node: process.version, ...run }, null, 2)}\n`);
}

export async function readRun(file: string): Promise<StoredRun> {
  return StoredRun.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** How much worse than before is said. */
const worse = 1.2;
/** Below this part of its limit, a difference is none: most figures are far from it, and small. */
const leastOfLimit = 0.05;

/** What the older run would have measured on the machine of the newer one; undefined where it does not say. */
export function expected(name: Figure, before: StoredRun, { machineMs }: Run): number | undefined {
  const value = before.figures[name] ?? undefined;
  return value === undefined || budgetOf(name).isWork !== true ? value : (value * machineMs) / before.machineMs;
}

export function isWorse(name: Figure, value: number, was: number): boolean {
  const { limit, isLeast = false } = budgetOf(name);
  const [better, now] = isLeast ? [value, was] : [was, value];
  return !(now <= better * worse || now - better <= limit * leastOfLimit);
}
