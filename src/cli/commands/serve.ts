import type { Command } from 'commander';
import { oidcConfigFrom } from '#platform/identity/oidc/config.ts';
import { knownTypes } from '#providers/registry.ts';
import { startServer } from '#server/start.ts';
import { lockServer } from '#store/lock.ts';
import { startBackground } from '../background.ts';
import { consoleFolder, consolePort } from '../console-place.ts';
import { aborted, onInterrupt } from '../interrupt.ts';
import { type DataPlace, dataPlace, openData } from '../open-data.ts';
import { parseDays } from '../parse-days.ts';
import { collectEach } from '../parse-list.ts';
import { parsePort } from '../parse-port.ts';
import { printError } from '../print-error.ts';
import { note } from '../say.ts';
import { tasksOption } from '../tasks-option.ts';
import { version } from '../version.ts';

interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly legacyPort?: number;
  readonly publicUrl?: string;
  readonly trustProxy: string[];
  readonly tasks: number;
  readonly keepDays?: number;
  readonly keepChangeDays?: number;
  readonly keepJobDays?: number;
  readonly keepAuditDays?: number;
}

export function addServeCommand(program: Command): void {
  const command = program
    .command('serve')
    .option('--host <address>', 'to listen on; others than the loopback need a user to sign in as', '127.0.0.1')
    .option('--port <n>', '0 for any that is free', parsePort, consolePort)
    .option('--legacy-port <n>', 'serve plugins of Cloudforet 1.x too, there', parsePort)
    .option('--public-url <url>', 'where browsers find it, if not where it listens')
    .option(
      '--trust-proxy <address>',
      'a proxy whose X-Forwarded-For is to be believed; may be given again',
      collectEach,
      [],
    )
    .addOption(tasksOption())
    .option('--keep-days <n>', 'of history; what is older is dropped. As set in the console where absent', parseDays)
    .option('--keep-change-days <n>', 'the same of what became of servers', parseDays)
    .option('--keep-job-days <n>', 'the same of runs', parseDays)
    .option('--keep-audit-days <n>', 'the same of the audit log', parseDays);
  command.action((flags: ServeFlags) => serve(flags, command));
}

async function serve(flags: ServeFlags, command: Command): Promise<void> {
  const { host, port, legacyPort, publicUrl, trustProxy, tasks } = flags;
  const kept = {
    ...(flags.keepDays === undefined ? {} : { historyDays: flags.keepDays }),
    ...(flags.keepChangeDays === undefined ? {} : { changeDays: flags.keepChangeDays }),
    ...(flags.keepJobDays === undefined ? {} : { jobDays: flags.keepJobDays }),
    ...(flags.keepAuditDays === undefined ? {} : { auditDays: flags.keepAuditDays }),
  };
  const place = dataPlace(command);
  await using data = await openData(place);
  await using lock = await onlyServer(place);
  using interrupt = onInterrupt(note);
  await using background = await startBackground(data, { interrupt, tasks, kept });
  const oidc = oidcConfigFrom(process.env);
  const server = await startServer({
    store: data.store,
    demo: false,
    version,
    types: await knownTypes(),
    consoleFolder,
    now: Date.now,
    report: printError,
    host,
    port,
    trustedProxies: trustProxy,
    masterKey: data.key,
    work: background.work,
    ...(legacyPort === undefined ? {} : { legacyPort }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(oidc === undefined ? {} : { oidc }),
  });
  await lock.announce(server.url);
  if (server.legacyPort !== undefined) note(`Cloudforet 1.x   grpc://${host}:${server.legacyPort}`);
  note(`Console  ${publicUrl ?? server.url}   Ctrl-C stops`);
  await aborted(interrupt.stopping);
  await server.close();
}

interface OnlyServer extends AsyncDisposable {
  announce(url: string): Promise<void>;
}

/** An embedded store has one server; a database has as many as there are. @throws CollectError `conflict` */
async function onlyServer({ folder, database }: DataPlace): Promise<OnlyServer> {
  if (database !== undefined) return { announce: async () => {}, [Symbol.asyncDispose]: async () => {} };
  const lock = await lockServer(folder, { url: 'starting' });
  return { announce: lock.announce, [Symbol.asyncDispose]: lock.release };
}
