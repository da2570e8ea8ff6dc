import { Command } from 'commander';
import { CollectError } from '#model/errors.ts';
import { auditCommands } from './audit-commands.ts';
import { addAccountCommand } from './commands/account.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addCollectCommand } from './commands/collect.ts';
import { addDemoCloudCommand } from './commands/demo-cloud.ts';
import { addEstimateCommand } from './commands/estimate.ts';
import { addExportCommand } from './commands/export.ts';
import { addJobCommand } from './commands/job.ts';
import { addJobControlCommands } from './commands/job-control.ts';
import { addLimitCommand } from './commands/limit.ts';
import { addPluginCommand } from './commands/plugin.ts';
import { addCollectorCommand } from './commands/plugin-registry.ts';
import { addProviderCommand } from './commands/provider.ts';
import { addRightsizingCommand } from './commands/rightsizing.ts';
import { addScanCommand } from './commands/scan.ts';
import { addScheduleCommand } from './commands/schedule.ts';
import { addSecretCommand } from './commands/secret.ts';
import { addServeCommand } from './commands/serve.ts';
import { addServerCommand } from './commands/server.ts';
import { addUpCommand } from './commands/up.ts';
import { addUserCommand } from './commands/user.ts';
import { addWorkerCommand } from './commands/worker.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { addOutsideProviders } from './outside-providers.ts';
import { printError } from './print-error.ts';
import { startTracing } from './tracing.ts';
import { version } from './version.ts';

const program = new Command('fleetgauge')
  .description('How used is every server of a company, on every cloud, in one record.')
  .version(version)
  .option('--data <folder>', 'where accounts, inventory and history are kept (FLEETGAUGE_DATA)')
  .option('--database <url>', 'postgres://… where more than one machine is to share them (FLEETGAUGE_DATABASE)')
  .option('--config <file>', 'which providers to read besides ours (FLEETGAUGE_CONFIG); else fleetgauge.config.json')
  .option('--no-color', 'plain text (NO_COLOR works too)')
  .showHelpAfterError('(add --help for the options)')
  .addHelpText('after', exitCodeHelp())
  .exitOverride();

const tracing = await startTracing(process.env);

// Whoever reads us may have read enough: `fleetgauge server list | head`.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  // Commands are made of the providers.
  await addOutsideProviders(process.argv.slice(2), process.env);
  addUpCommand(program);
  addScanCommand(program);
  addEstimateCommand(program);
  addCollectCommand(program);
  addAccountCommand(program);
  addProviderCommand(program);
  addServerCommand(program);
  addRightsizingCommand(program);
  addJobCommand(program);
  addJobControlCommands(program);
  addScheduleCommand(program);
  addLimitCommand(program);
  addServeCommand(program);
  addWorkerCommand(program);
  addBackupCommands(program);
  addExportCommand(program);
  addAuditCommand(program);
  auditCommands(program);
  addUserCommand(program);
  addSecretCommand(program);
  addPluginCommand(program);
  addCollectorCommand(program);
  addDemoCloudCommand(program);
  await program.parseAsync();
} catch (caught) {
  process.exitCode = report(caught);
} finally {
  await tracing?.[Symbol.asyncDispose]();
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
    caught.name === 'CommanderError'
  );
}

function exitCodeHelp(): string {
  return `
Exit codes: 0 done · 1 failed · 2 wrong usage · 3 partly failed · 4 credentials refused · 5 over budget or not agreed to ·
            130 interrupted (what was read is stored)

Data goes to stdout, progress and notes to stderr.`;
}
