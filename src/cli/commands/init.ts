import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Command } from 'commander';
import { CollectError } from '#model/errors.ts';
import { fileToWrite } from '#providers/external/config.ts';
import { configTemplate } from '../config-template.ts';
import { collectEach } from '../parse-list.ts';
import { note } from '../say.ts';

interface InitFlags {
  readonly provider: readonly string[];
  readonly force?: boolean;
}

export function addInitCommand(program: Command): void {
  const command = program
    .command('init')
    .option(
      '--provider <package>',
      'to read besides ours: an npm package, or a path that begins with a dot; may be given again',
      collectEach,
      [],
    )
    .option('--force', 'also where there is such a file already');
  command.action((flags: InitFlags) => init(flags, command.optsWithGlobals<{ config?: string }>().config));
}

/** JSON has no comments: a file of that name holds the providers alone. */
async function init({ provider, force }: InitFlags, named: string | undefined): Promise<void> {
  const file = await fileToWrite(named ?? (process.env.FLEETGAUGE_CONFIG || undefined), process.cwd());
  const isJson = extname(file) === '.json';
  const text = isJson ? `${JSON.stringify({ providers: provider }, null, 2)}\n` : configTemplate(provider);
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new CollectError(
      isThere ? 'conflict' : 'invalid_input',
      isThere ? 'the file is there already' : 'the file cannot be written',
      {
        where: file,
        ...(isThere
          ? { fix: 'add --force to write it anew, or change it: fleetgauge config set providers <names>' }
          : {}),
        cause,
      },
    );
  }
  note(`Wrote ${file}`);
  if (!isJson) note('  every setting is in it, as a comment with what it does and what holds without it');
  note('Next   fleetgauge config list');
}
