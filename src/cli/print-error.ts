import pc from 'picocolors';
import type { CollectError } from '#model/errors.ts';

/** What · where · why · fix, on stderr. */
export function printError({ message, where, fix, code, cause, stack }: CollectError): void {
  const lines = [`${pc.red('✕')} ${message}`];
  if (where !== undefined) lines.push(`  where  ${where}`);
  if (fix !== undefined) lines.push(`  fix    ${fix}`);
  if (code === 'internal')
    lines.push(`  This is a fault of fleetgauge. ${cause instanceof Error ? (cause.stack ?? '') : (stack ?? '')}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}
