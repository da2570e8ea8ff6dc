import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { CollectError } from '#model/errors.ts';
import { readConfig } from '#providers/external/config.ts';
import { storeFile } from '#store/open.ts';
import { dataPlace } from '../open-data.ts';
import { type ListFlags, listsRows, print, write } from '../output.ts';
import { note } from '../say.ts';
import type { Column } from '../table.ts';

interface Setting {
  readonly name: string;
  readonly value: string;
  /** The option, variable or file that it is from. */
  readonly from: string;
}

const columns: Column<Setting>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'VALUE', value: ({ value }) => value },
  { title: 'FROM', value: ({ from }) => from },
];

export function addConfigCommand(program: Command): void {
  const config = program.command('config');
  listsRows(config.command('list').description('all settings of this command line'), list);
  const get = config.command('get').description('the value of one').argument('<name>', 'such as key.path or data');
  get.action((name: string) => getOne(name, get));
  const set = config
    .command('set')
    .description('change the configuration file')
    .addArgument(new Argument('<name>').choices(['providers']))
    .argument('<value>', 'parted by commas; empty for none');
  set.action((_name: string, value: string) => setProviders(value, set));
}

async function list(flags: ListFlags, command: Command): Promise<void> {
  await write({ flags, rows: await settingsOf(command), columns });
}

async function getOne(name: string, command: Command): Promise<void> {
  const settings = await settingsOf(command);
  const setting = settings.find((each) => each.name === name);
  if (setting === undefined) {
    throw new CollectError('invalid_input', `there is no setting '${name}'`, {
      fix: `one of ${settings.map((each) => each.name).join(', ')}`,
    });
  }
  await print(setting.value);
}

async function settingsOf(command: Command): Promise<Setting[]> {
  const flags = command.optsWithGlobals<{ data?: string; database?: string; config?: string }>();
  const { folder, database } = dataPlace(command);
  const { env } = process;
  const { file, providers } = await readConfig(flags.config ?? (env.FLEETGAUGE_CONFIG || undefined), process.cwd());
  return [
    { name: 'data', value: folder, from: fromOf(flags.data, '--data', 'FLEETGAUGE_DATA') },
    {
      name: 'database',
      value: database === undefined ? join(folder, storeFile) : withoutPassword(database),
      from: fromOf(flags.database, '--database', 'FLEETGAUGE_DATABASE'),
    },
    {
      name: 'key.path',
      value: env.FLEETGAUGE_MASTER_KEY ? '' : join(folder, 'master.key'),
      from: fromOf(undefined, '', 'FLEETGAUGE_MASTER_KEY'),
    },
    { name: 'config', value: file, from: fromOf(flags.config, '--config', 'FLEETGAUGE_CONFIG') },
    { name: 'providers', value: providers.join(','), from: providers.length === 0 ? 'default' : file },
  ];
}

function fromOf(flag: string | undefined, option: string, variable: string): string {
  if (flag !== undefined) return option;
  return process.env[variable] ? variable : 'default';
}

function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return '(no URL)';
  parsed.password = parsed.password === '' ? '' : '***';
  return parsed.href;
}

/** In one step, so that no command finds half of the file. */
async function setProviders(text: string, command: Command): Promise<void> {
  const named = command.optsWithGlobals<{ config?: string }>().config ?? (process.env.FLEETGAUGE_CONFIG || undefined);
  const { file } = await readConfig(named, process.cwd());
  const providers = text.split(',').filter((name) => name !== '');
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, `${JSON.stringify({ providers }, null, 2)}\n`);
  await rename(aside, file);
  note(`Wrote ${file}`);
}
