import pc from 'picocolors';
import type { CollectError } from '#model/errors.ts';
import { verbosity } from './say.ts';

/** What · where · why · fix, on stderr. */
export function printError({ message, where, fix, code, cause, stack }: CollectError): void {
  const lines = [`${pc.red('✕')} ${message}`];
  if (where !== undefined) lines.push(`  where  ${where}`);
  if (fix !== undefined) lines.push(`  fix    ${fix}`);
  if (verbosity() > 1) lines.push(`  ${stack ?? ''}`, ...causesOf(cause));
  if (code === 'internal')
    lines.push(`  This is a fault of fleetgauge. ${cause instanceof Error ? (cause.stack ?? '') : (stack ?? '')}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** Where it came from, the nearest first. */
function causesOf(cause: unknown): string[] {
  if (!(cause instanceof Error)) return [];
  return [`  because ${cause.stack ?? cause.message}`, ...causesOf(cause.cause)];
}
