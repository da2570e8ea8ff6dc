import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import { systemClock } from '#collect/clock.ts';
import { runPluginJob } from '#jobs/plugin-job.ts';
import { startPluginJob } from '#jobs/start-plugin-job.ts';
import { CollectError } from '#model/errors.ts';
import { pluginFolder } from '#platform/plugin/open-plugin.ts';
import { readPluginLog } from '#platform/plugin/plugin-log.ts';
import {
  type PluginRoom,
  type Registration,
  registerPlugin,
  removePlugin,
  verifyPlugin,
} from '#platform/plugin/registry.ts';
import type { Task } from '#store/jobs.ts';
import type { Plugin, PluginReach } from '#store/plugins.ts';
import { describeCounts } from '../describe-counts.ts';
import { exitCodeOfJob } from '../exit-code-of-job.ts';
import { plural } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import { type Data, dataPlace, openData } from '../open-data.ts';
import { addDocumentOptions, type DocumentFlags, type ListFlags, listsRows, write, writeDocument } from '../output.ts';
import { collectEach } from '../parse-list.ts';
import { note } from '../say.ts';
import { type Column, renderTable } from '../table.ts';
import { openWork } from '../work-context.ts';

interface AddFlags {
  readonly endpoint?: string;
  readonly npm?: string;
  readonly cwd?: string;
  readonly env: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly account?: string;
  readonly secretStdin?: boolean;
}

const Fields = z.record(z.string(), z.unknown());

export function addCollectorCommand(program: Command): void {
  const collector = program.command('collector');
  const add = collector
    .command('add')
    .description('register a plugin, once it has begun and verified its secret')
    .argument('<name>')
    .argument('[command...]', 'what starts it, after --; {port} stands for the port that it is to serve')
    .option('--endpoint <url>', 'it runs already: grpc://host:port or grpc+ssl://host:port')
    .option('--npm <package>', 'a package of npm, started by its command; arguments for it go after --')
    .option('--cwd <folder>', 'where the command is started')
    .option('--env <name>', 'a variable that it may see; may be given again', collectEach, [])
    .option('--options <json>', 'what it is told with every call', parseFields, {})
    .option('--account <name>', 'a saved account, whose keys it is given')
    .option('--secret-stdin', 'a secret of its own: secret_data as JSON on standard input; it is sealed');
  add.action((name: string, words: string[], flags: AddFlags) => addOne(name, words, flags, add));
  listsRows(collector.command('list').description('registered plugins'), listAll);
  const show = collector.command('show').description('all that is known of one').argument('<name>');
  addDocumentOptions(show).action((name: string, flags: DocumentFlags) => showOne(name, flags, show));
  const verify = collector.command('verify').description('start it, and try its options and secret').argument('<name>');
  verify.action((name: string) => verifyOne(name, verify));
  const run = collector
    .command('run')
    .description('collect by it, as a job')
    .argument('<name>')
    .option('--queue', 'leave it to the workers, and do not wait');
  run.action((name: string, flags: { queue?: boolean }) => (flags.queue ? queueOne(name, run) : runOne(name, run)));
  const log = collector.command('log').description('what it printed, and what became of it').argument('<name>');
  log.action((name: string) => showLog(name, log));
  const remove = collector
    .command('rm')
    .description('forget it, its secret, its package and its log; what it collected stays')
    .argument('<name>');
  remove.action((name: string) => removeOne(name, remove));
}

async function addOne(name: string, words: readonly string[], flags: AddFlags, command: Command): Promise<void> {
  const registration: Registration = {
    name,
    reach: reachFrom(words, flags),
    options: flags.options,
    secret: await secretFrom(flags),
  };
  await withRoom(command, async (room, signal) => {
    const plugin = await registerPlugin(room, registration, signal);
    note(
      `${pc.green('✓')} ${name} is a collector of Cloudforet ${plugin.generation}\nNext   fleetgauge collector run ${name}`,
    );
  });
}

/** @throws CollectError `invalid_input` where it is not one of the three */
function reachFrom([program, ...args]: readonly string[], { endpoint, npm, cwd, env }: AddFlags): PluginReach {
  const given = [endpoint, npm, npm === undefined ? program : undefined].filter((way) => way !== undefined);
  if (given.length !== 1 || (endpoint !== undefined && (cwd !== undefined || env.length > 0))) {
    throw new CollectError(
      'invalid_input',
      'a plugin is reached in one way: --endpoint, --npm, or a command after --',
      {
        fix: "fleetgauge collector add ec2 --account prod -- python3 -m plugin '{port}'",
      },
    );
  }
  if (endpoint !== undefined) return { kind: 'endpoint', url: endpoint };
  if (npm !== undefined)
    return {
      kind: 'package',
      spec: npm.startsWith('.') ? resolve(npm) : npm,
      args: program === undefined ? [] : [program, ...args],
      env,
    };
  return { kind: 'command', command: program ?? '', args, env, ...(cwd === undefined ? {} : { cwd: resolve(cwd) }) };
}

async function secretFrom({ account, secretStdin }: AddFlags): Promise<Registration['secret']> {
  if (account !== undefined && secretStdin) {
    throw new CollectError('invalid_input', 'a plugin has the secret of an account or one of its own', {
      where: '--account and --secret-stdin',
    });
  }
  if (account !== undefined) return { account };
  if (!secretStdin) return undefined;
  const text = (await process.stdin.setEncoding('utf8').toArray()).join('');
  const data = fieldsOf(text);
  if (data !== undefined) return { data };
  throw new CollectError('invalid_input', 'the secret is no JSON object', { where: 'standard input' });
}

const columns: readonly Column<Plugin>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'REACHED BY', value: ({ reach }) => describeReach(reach) },
  { title: 'API', value: ({ generation }) => generation },
  { title: 'SECRET', value: ({ account, hasSecret }) => account ?? (hasSecret ? 'its own' : 'none') },
  { title: 'STATUS', value: ({ status }) => status.state.toLowerCase() },
  { title: 'JOB', value: ({ lastJob }) => (lastJob === undefined ? '' : String(lastJob)), alignRight: true },
  { title: 'TROUBLE', value: ({ status }) => (status.state === 'FAILED' ? status.error.message : '') },
];

async function listAll(flags: ListFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await write<Plugin>({
    flags,
    store: data.store,
    rows: await data.store.plugins.list(),
    columns,
  });
}

function describeReach(reach: PluginReach): string {
  switch (reach.kind) {
    case 'endpoint':
      return reach.url;
    case 'package':
      return `npm ${reach.spec}`;
    case 'command':
      return [reach.command, ...reach.args].join(' ');
  }
}

async function showOne(name: string, flags: DocumentFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const plugin = await data.store.plugins.get(name);
  await writeDocument(flags, {
    data: plugin,
    text: () => `${renderTable(columns, [plugin])}\n\nOptions  ${JSON.stringify(plugin.options)}`,
    store: data.store,
  });
}

async function verifyOne(name: string, command: Command): Promise<void> {
  await withRoom(command, async (room, signal) => {
    await verifyPlugin(room, await room.store.plugins.get(name), signal);
    note(`${pc.green('✓')} ${name} is well`);
  });
}

async function runOne(name: string, command: Command): Promise<void> {
  await withRoom(command, async (room, signal) => {
    const plugin = await room.store.plugins.get(name);
    const job = await runPluginJob(plugin, { room, signal });
    const { tasks } = await room.store.jobs.get(job.id);
    process.stdout.write(`${job.id}\n`);
    note(
      `Job ${job.id}: ${job.state.toLowerCase()} · ${plural(tasks.length, 'task')} · ${describeCounts(job.counts)}\n${tasks.flatMap(describeTrouble).join('')}`,
    );
    process.exitCode = exitCodeOfJob(job);
  });
}

async function queueOne(name: string, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  using interrupt = onInterrupt(note);
  await using work = await openWork(data, interrupt.stopping, false);
  const { id } = await startPluginJob({ plugin: name }, work);
  process.stdout.write(`${id}\n`);
  note(`Job ${id} is in the queue.  fleetgauge job show ${id}`);
}

function describeTrouble({ region, error, failures }: Task): string[] {
  const reports = [...(error === null ? [] : [error]), ...failures.map((failure) => failure.error)];
  return reports.map(
    ({ message, fix }) => `  ${pc.red('✕')} ${region}  ${message}${fix === undefined ? '' : `\n    fix  ${fix}`}`,
  );
}

async function showLog(name: string, command: Command): Promise<void> {
  const place = dataPlace(command);
  await using data = await openData(place);
  await data.store.plugins.get(name);
  process.stdout.write(await readPluginLog(pluginFolder(place.folder, name)));
}

async function removeOne(name: string, command: Command): Promise<void> {
  const place = dataPlace(command);
  await using data = await openData(place);
  await removePlugin(roomOf(data, place.folder), name);
  note(`Forgot collector ${name}; what it collected stays.`);
}

async function withRoom(
  command: Command,
  work: (room: PluginRoom, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const place = dataPlace(command);
  await using data = await openData(place);
  using interrupt = onInterrupt(note);
  await work(roomOf(data, place.folder), interrupt.stopping);
}

function roomOf({ store, key }: Data, folder: string): PluginRoom {
  return { store, key, host: { folder, clock: systemClock } };
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  const fields = fieldsOf(text);
  if (fields === undefined) throw new InvalidArgumentError('It has to be a JSON object.');
  return fields;
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return Fields.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
