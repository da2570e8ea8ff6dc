import { CollectError } from '#model/errors.ts';
import type { CommandAudit } from './audit-commands.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { GlobalFlags } from './global-flags.ts';
import { printError } from './print-error.ts';
import { addCommands, commandIn, createProgram } from './program.ts';
import { speak } from './say.ts';
import { startTimeout } from './timeout.ts';
import { startTracing } from './tracing.ts';
import { traceForPeople } from './verbose.ts';

/** They work where the configuration does not, and say what is wrong with it, or have no use for it. */
const isFree: readonly string[] = ['doctor', 'init', 'version', 'completion'];

/** What the scripts of `fleetgauge completion` ask, and nobody else. */
const shellsVerb = '__complete';

/** One line of commands: what it prints, and the exit code of this process. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  // Whoever reads us may have read enough: `fleetgauge server list | head`.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!('code' in error) || error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
  const program = createProgram();
  let audit: CommandAudit | undefined;
  const name = commandIn(args);
  const tracing = await startTracing(env);
  using timeout = startTimeout();
  program.hook('preAction', (_program, command) => {
    const flags = command.optsWithGlobals<GlobalFlags>();
    speak(flags);
    if (tracing === undefined) traceForPeople();
    if (flags.timeout !== undefined) timeout.begin(flags.timeout);
  });
  try {
    if (name !== undefined && !isFree.includes(name)) {
      // Commands are made of the providers.
      await (await import('./outside-providers.ts')).addOutsideProviders(args, env);
      if (name !== shellsVerb) audit = (await import('./audit-commands.ts')).auditCommands(program);
    }
    if (name === shellsVerb) (await import('./commands/candidates.ts')).addCandidatesCommand(program);
    else await addCommands(program, name);
    await program.parseAsync(args, { from: 'user' });
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
