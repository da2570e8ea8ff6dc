import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';

/** The first that is there is read; the first is what is written where there is none. */
const usualFiles = ['fleetgauge.config.yaml', 'fleetgauge.config.json'] as const;

const text = z.string().min(1);

/** What stands for an option of the command line where neither that nor its variable is given. */
const Settings = z.strictObject({
  data: text.describe('Folder of accounts, inventory and history; as seen from the file.').exactOptional(),
  database: text.describe('postgres://… in the place of the store of that folder.').exactOptional(),
  server: text.describe('https://… of a Fleetgauge elsewhere: commands ask it, and no store here.').exactOptional(),
  output: z.enum(['table', 'wide', 'json', 'ndjson', 'csv', 'yaml']).exactOptional(),
  progress: z.enum(['auto', 'tty', 'plain', 'json', 'none']).exactOptional(),
});
export type Settings = z.infer<typeof Settings>;
export const settingNames = Settings.keyof().options;

const Config = z.strictObject({
  /** npm packages, or paths that begin with a dot or a slash; both as seen from the file. */
  providers: z
    .array(text)
    .nullish()
    .transform((names) => names ?? []),
  ...Settings.shape,
  profiles: z
    .record(z.string().regex(/^[\w.-]{1,100}$/, 'a name has letters, digits and . _ -'), Settings)
    .nullish()
    .transform((profiles) => profiles ?? {}),
});

export interface FileConfig {
  /** Absolute; it need not be there. */
  readonly file: string;
  readonly providers: readonly string[];
  readonly settings: Settings;
  /** By name: settings that come before those. */
  readonly profiles: Readonly<Record<string, Settings>>;
}

/**
 * @param named the file to read, which must be there; else the one of the working folder, if there is one
 * @throws CollectError `invalid_input` naming the file and the field
 */
export async function readConfig(named: string | undefined, folder: string): Promise<FileConfig> {
  const { file, content } = await findConfig(named, folder);
  return parseConfig(content, file);
}

/** @throws CollectError `invalid_input` naming the field */
export async function parseConfig(content: string | undefined, file: string): Promise<FileConfig> {
  const parsed = Config.safeParse((await documentOf(content, file)) ?? {});
  if (parsed.success) {
    const { providers, profiles, ...settings } = parsed.data;
    return { file, providers, settings, profiles };
  }
  const [issue] = parsed.error.issues;
  throw new CollectError('invalid_input', `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'malformed'}`, {
    where: file,
    fix: 'such as { "providers": ["@acme/fleetgauge-oracle", "./my-cloud.mjs"] }; fleetgauge init writes all that it may say',
  });
}

/** Which file it is, and what it holds; undefined where it is not there, and nobody named it. */
export async function findConfig(
  named: string | undefined,
  folder: string,
): Promise<{ readonly file: string; readonly content: string | undefined }> {
  for (const name of named === undefined ? usualFiles : [named]) {
    const file = resolve(folder, name);
    const content = await textOf(file, named !== undefined);
    if (content !== undefined) return { file, content };
  }
  return { file: resolve(folder, usualFiles[0]), content: undefined };
}

/** The file that a new configuration is to be written to: one that is there already is meant, too. */
export async function fileToWrite(named: string | undefined, folder: string): Promise<string> {
  return named === undefined ? (await findConfig(undefined, folder)).file : resolve(folder, named);
}

async function textOf(file: string, isNamed: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (isAbsent && !isNamed) return undefined;
    throw new CollectError('invalid_input', 'the configuration cannot be read', {
      where: file,
      fix: 'name one that is there by --config or FLEETGAUGE_CONFIG, or write one: fleetgauge init',
      cause,
    });
  }
}

async function documentOf(content: string | undefined, file: string): Promise<unknown> {
  if (content === undefined) return undefined;
  const isJson = extname(file) === '.json';
  try {
    return isJson ? JSON.parse(content) : (await import('yaml')).parse(content);
  } catch (cause) {
    throw new CollectError('invalid_input', `the configuration is no ${isJson ? 'JSON' : 'YAML'}`, {
      where: file,
      fix: 'mend it by hand, or write it anew: fleetgauge init --force',
      cause,
    });
  }
}
