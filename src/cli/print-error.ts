import pc from 'picocolors';
import type { CollectError } from '#model/errors.ts';
import { verbosity } from './say.ts';

/** What · where · why · fix, on stderr; of what a server could not answer, whose request it was. */
export function printError({ message, where, fix, code, cause, stack }: CollectError, requestId?: string): void {
  const lines = [`${pc.red('✕')} ${message}`];
  if (where !== undefined) lines.push(`  where  ${where}`);
  if (fix !== undefined) lines.push(`  fix    ${fix}`);
  if (requestId !== undefined) lines.push(`  request  ${requestId}`);
  if (code === 'internal') lines.push('  This is a fault of fleetgauge.');
  if (verbosity() > 1) lines.push(`  ${stack ?? ''}`, ...causesOf(cause));
  else if (code === 'internal') lines.push(`  ${(cause instanceof Error ? cause.stack : stack) ?? ''}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** Where it came from, the nearest first. */
function causesOf(cause: unknown): string[] {
  if (!(cause instanceof Error)) return [];
  return [`  because ${cause.stack ?? cause.message}`, ...causesOf(cause.cause)];
}
