import { extname, join } from 'node:path';
import { Argument, type Command } from 'commander';
import type { Document } from 'yaml';
import { CollectError } from '#model/errors.ts';
import {
  type FileConfig,
  findConfig,
  parseConfig,
  readConfig,
  type Settings,
  settingNames,
} from '#providers/external/config.ts';
import { storeFile } from '#store/open.ts';
import { firstLine } from '../ask-password.ts';
import type { GlobalFlags } from '../global-flags.ts';
import { dataPlace } from '../open-data.ts';
import { type ListFlags, listsRows, print, write } from '../output.ts';
import { parseList } from '../parse-list.ts';
import { credentialsFile } from '../remote/credentials.ts';
import { note } from '../say.ts';
import { settingsIn, sourceOf } from '../settings.ts';
import type { Column } from '../table.ts';
import { writeWhole } from '../write-whole.ts';

/** Of a file that has a password. */
const ownersAlone = 0o600;

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
    .description('change the configuration file; with --profile NAME that group of it. Comments stay')
    .addArgument(new Argument('<name>').choices(['providers', ...settingNames]))
    .argument('[value]', 'of providers parted by commas; empty for none')
    .option('--value-stdin', 'read the value from standard input, as one with a password has to be');
  set.action(async (name: string, value: string | undefined, { valueStdin }: SetFlags) => {
    await setOne(name, await valueFrom(name, value, valueStdin === true), set);
  });
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
  const { env } = process;
  const flags = command.optsWithGlobals<GlobalFlags>();
  const { folder, database } = dataPlace(command);
  const config = await readConfig(configNamed(command), process.cwd());
  const { file, providers, profiles } = config;
  const profile = flags.profile ?? (env.FLEETGAUGE_PROFILE || undefined);
  const from = (name: keyof Settings) => sourceOf(command, name, config, profile);
  const { output = 'table' } = settingsIn(config, profile);
  const isKeyElsewhere = Boolean(env.FLEETGAUGE_MASTER_KEY);
  return [
    { name: 'data', value: folder, from: from('data') },
    {
      name: 'database',
      value: database === undefined ? join(folder, storeFile) : withoutPassword(database),
      from: from('database'),
    },
    { name: 'server', value: withoutPassword(flags.server ?? env.FLEETGAUGE_SERVER ?? ''), from: from('server') },
    { name: 'output', value: output, from: outputFrom(config, profile) },
    { name: 'progress', value: flags.progress, from: from('progress') },
    {
      name: 'key.path',
      value: isKeyElsewhere ? '' : join(folder, 'master.key'),
      from: isKeyElsewhere ? 'FLEETGAUGE_MASTER_KEY' : 'default',
    },
    { name: 'credentials.path', value: credentialsFile(), from: env.XDG_CONFIG_HOME ? 'XDG_CONFIG_HOME' : 'default' },
    { name: 'config', value: file, from: fromOf(flags.config, '--config', 'FLEETGAUGE_CONFIG') },
    { name: 'profile', value: profile ?? '', from: fromOf(flags.profile, '--profile', 'FLEETGAUGE_PROFILE') },
    {
      name: 'profiles',
      value: Object.keys(profiles).join(','),
      from: Object.keys(profiles).length > 0 ? file : 'default',
    },
    { name: 'providers', value: providers.join(','), from: providers.length === 0 ? 'default' : file },
  ];
}

function outputFrom({ file, settings, profiles }: FileConfig, profile: string | undefined): string {
  if (profile !== undefined && profiles[profile]?.output !== undefined) return `profile ${profile}`;
  return settings.output === undefined ? 'default' : file;
}

function configNamed(command: Command): string | undefined {
  return command.optsWithGlobals<GlobalFlags>().config ?? (process.env.FLEETGAUGE_CONFIG || undefined);
}

function fromOf(flag: string | undefined, option: string, variable: string): string {
  if (flag !== undefined) return option;
  return process.env[variable] ? variable : 'default';
}

function withoutPassword(url: string): string {
  if (url === '') return '';
  const parsed = URL.parse(url);
  if (parsed === null) return '(no URL)';
  parsed.password = parsed.password === '' ? '' : '***';
  return parsed.href;
}

interface SetFlags {
  readonly valueStdin?: boolean;
}

/** @throws CollectError `invalid_input` where there are two or none, or others could have seen a password */
async function valueFrom(name: string, typed: string | undefined, isPiped: boolean): Promise<string> {
  if (typed === undefined && isPiped) return (await firstLine(process.stdin)).trim();
  const fix = `pipe it in: fleetgauge config set ${name} --value-stdin`;
  if (typed === undefined || isPiped)
    throw new CollectError('invalid_input', 'a value is given as an argument, or on standard input', { fix });
  if (!hasPassword(typed)) return typed;
  throw new CollectError('invalid_input', 'others could see the password, in the history and among the processes', {
    where: name,
    fix,
  });
}

function hasPassword(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.password !== '' || url.searchParams.has('password'));
}

/** What it holds is checked first, and it is written in one step: no command finds half of it, or what it cannot read. */
async function setOne(name: string, value: string, command: Command): Promise<void> {
  const { file, content } = await findConfig(configNamed(command), process.cwd());
  const { profile } = command.optsWithGlobals<GlobalFlags>();
  if (profile !== undefined && name === 'providers')
    throw new CollectError('invalid_input', 'providers are the same for all profiles', { fix: 'leave out --profile' });
  const path = profile === undefined ? [name] : ['profiles', profile, name];
  const changed = await changedText(file, content, path, name === 'providers' ? parseList(value) : value);
  await parseConfig(changed, file);
  await writeWhole(file, changed, hasPassword(value) ? ownersAlone : undefined);
  note(`Wrote ${file}`);
}

/** An empty value is none. */
async function changedText(
  file: string,
  content: string | undefined,
  path: readonly string[],
  value: string | readonly string[],
): Promise<string> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(content ?? '');
  const [error] = document.errors;
  if (error !== undefined)
    throw new CollectError('invalid_input', 'the configuration is no YAML', {
      where: file,
      fix: 'mend it by hand, or write it anew: fleetgauge init --force',
      cause: error,
    });
  const [group, profile] = path;
  // A group whose lines are all comments is nothing yet.
  if (path.length > 1)
    for (const at of [[group], [group, profile]])
      if (!isGroup(document, at)) document.setIn(at, document.createNode({}));
  if (value === '') document.deleteIn(path);
  else document.setIn(path, document.createNode(value));
  if (extname(file) === '.json') return `${JSON.stringify(document.toJS(), null, 2)}\n`;
  return document.toString({ lineWidth: 0 });
}

function isGroup(document: Document, at: readonly (string | undefined)[]): boolean {
  const found = document.getIn(at);
  return typeof found === 'object' && found !== null;
}
