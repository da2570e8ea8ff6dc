import type { Command } from 'commander';
import type { StartContext } from '#jobs/start-job.ts';
import { CollectError } from '#model/errors.ts';
import { oidcConfigFrom } from '#platform/identity/oidc/config.ts';
import { knownTypes } from '#providers/registry.ts';
import { type RunningServer, startServer } from '#server/start.ts';
import { lockServer } from '#store/lock.ts';
import { startBackground } from '../background.ts';
import { consoleFolder, consolePort, demoFolder } from '../console-place.ts';
import { runDemo } from '../demo-run.ts';
import { largestDemo, parseDemoSize, smallestDemo } from '../demo-size.ts';
import { startDetached } from '../detach.ts';
import { aborted, onInterrupt } from '../interrupt.ts';
import { type Data, type DataPlace, dataPlace, openData } from '../open-data.ts';
import { parsePort } from '../parse-port.ts';
import { printError } from '../print-error.ts';
import { note } from '../say.ts';
import { version } from '../version.ts';

/** Of a run, in this process. */
const tasksAtOnce = 6;

interface UpFlags {
  readonly port?: number;
  readonly legacyPort?: number;
  readonly once?: boolean;
  readonly detach?: boolean;
  readonly demo?: boolean;
  readonly demoSize?: number;
}

export function addUpCommand(program: Command): void {
  const command = program
    .command('up')
    .option('--port <n>', `of the console; ${consolePort}, or a free one, where absent`, parsePort)
    .option('--legacy-port <n>', 'serve plugins of Cloudforet 1.x too, there', parsePort)
    .option('--demo', 'the simulated fleet, also where accounts are saved')
    .option('--no-demo', 'without it, also where no account is saved yet: to connect one in the console')
    .option('--demo-size <n>', `servers of the simulated fleet, ${smallestDemo} to ${largestDemo}`, parseDemoSize)
    .option('--detach', 'leave it running, and give the terminal back; fleetgauge down stops it')
    .option('--once', 'end after one run');
  command.action((flags: UpFlags) => up(flags, command));
}

async function up(flags: UpFlags, command: Command): Promise<void> {
  const place = dataPlace(command);
  const isDemo = flags.demo ?? !(await hasAccounts(place));
  if (flags.once && !isDemo) {
    throw new CollectError('invalid_input', '--once is for the demo, and accounts are saved here', {
      fix: 'fleetgauge collect, or add --demo',
    });
  }
  if (flags.demoSize !== undefined && !isDemo) {
    throw new CollectError('invalid_input', '--demo-size is for the demo, and accounts are saved here', {
      fix: 'leave it out, or add --demo',
    });
  }
  if (flags.detach) {
    const args = process.argv.slice(2).filter((arg) => arg !== '--detach');
    const url = await startDetached(args, isDemo ? demoFolder(place.folder) : place.folder);
    note(`Console  ${url}   fleetgauge down stops it`);
    return;
  }
  if (isDemo) await serve({ folder: demoFolder(place.folder) }, flags, true);
  else await serve(place, flags, false);
}

async function hasAccounts(place: DataPlace): Promise<boolean> {
  await using data = await openData(place);
  return (await data.store.accounts.list()).length > 0;
}

async function serve(place: DataPlace, flags: UpFlags, demo: boolean): Promise<void> {
  await using data = await openData(place);
  const lock = await lockServer(place.folder, { url: 'starting' });
  let isReading = demo;
  using interrupt = onInterrupt((text) => {
    if (isReading) note(text);
  });
  try {
    await using background = demo ? undefined : await startBackground(data, { interrupt, tasks: tasksAtOnce });
    const server = await listen(data, demo, flags, background?.work);
    await lock.announce(server.url);
    if (demo) note('DEMO   simulated clouds with made-up servers; no cloud is called');
    note(`Console  ${server.url}`);
    if (server.legacyPort !== undefined) note(`Cloudforet 1.x   ${legacyUrl(server)}`);
    try {
      if (demo) process.exitCode = await runDemo(data, interrupt, flags.demoSize);
      else note('Runs begin in the console, by schedules, or by   fleetgauge job start');
      isReading = false;
      if (!flags.once && !interrupt.stopping.aborted) {
        note(`Console  ${server.url}   Ctrl-C stops`);
        await aborted(interrupt.stopping);
      }
    } finally {
      await server.close();
    }
  } finally {
    await lock.release();
  }
}

/** On the usual port, or where that is taken and none was asked for, on a free one. */
async function listen(
  { store, key }: Data,
  demo: boolean,
  flags: UpFlags,
  work: StartContext | undefined,
): Promise<RunningServer> {
  const { port, legacyPort } = flags;
  const oidc = demo ? undefined : oidcConfigFrom(process.env);
  const options = {
    store,
    demo,
    version,
    types: await knownTypes(),
    consoleFolder,
    now: Date.now,
    report: printError,
    masterKey: key,
    ...(legacyPort === undefined ? {} : { legacyPort }),
    ...(oidc === undefined ? {} : { oidc }),
    ...(work === undefined ? {} : { work }),
  };
  try {
    return await startServer({ ...options, port: port ?? consolePort });
  } catch (caught) {
    if (port !== undefined || CollectError.from(caught).code !== 'unavailable') throw caught;
    return startServer({ ...options, port: 0 });
  }
}

function legacyUrl({ url, legacyPort }: RunningServer): string {
  return `grpc://${new URL(url).hostname}:${legacyPort}`;
}
