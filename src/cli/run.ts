import { CollectError } from '#model/errors.ts';
import type { CommandAudit } from './audit-commands.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { GlobalFlags } from './global-flags.ts';
import { readLine, shellsVerb } from './line.ts';
import { printError } from './print-error.ts';
import { refuseElsewhere } from './remote/reach.ts';
import { speak } from './say.ts';
import { startTimeout } from './timeout.ts';
import { startTracing } from './tracing.ts';
import { traceForPeople } from './verbose.ts';

/** What they do is not written down: they change nothing, and have to work where the store does not. */
const isFree: readonly string[] = ['doctor', 'init', 'version', 'completion', 'login', 'logout', shellsVerb];

/** One line of commands: what it prints, and the exit code of this process. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  // Whoever reads us may have read enough: `fleetgauge server list | head`.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!('code' in error) || error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
  let audit: CommandAudit | undefined;
  const tracing = await startTracing(env);
  using timeout = startTimeout();
  try {
    const { program, name, args: words } = await readLine(args, env);
    program.hook('preAction', (_program, command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      speak(flags);
      if (tracing === undefined) traceForPeople();
      refuseElsewhere(command);
      if (flags.timeout !== undefined) timeout.begin(flags.timeout);
    });
    if (name !== undefined && !isFree.includes(name))
      audit = (await import('./audit-commands.ts')).auditCommands(program);
    await program.parseAsync(words, { from: 'user' });
  } catch (caught) {
    process.exitCode = report(caught);
    await audit?.failed(caught);
  } finally {
    await tracing?.[Symbol.asyncDispose]();
  }
  if (timeout.isOver) process.exitCode = exitCodes.timeout;
}

function report(caught: unknown): number {
  if (isCommanderError(caught)) return caught.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const error = CollectError.from(caught);
  printError(error);
  return exitCodeOf(error);
}

/** Commander has printed its message by then. */
function isCommanderError(caught: unknown): caught is { exitCode: number } {
  return (
    caught instanceof Error &&
    'exitCode' in caught &&
    typeof caught.exitCode === 'number' &&
    (caught.name === 'CommanderError' || caught.name === 'InvalidArgumentError')
  );
}
