import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CollectError } from '#model/errors.ts';
import { note } from '../say.ts';

const usualFile = 'fleetgauge.config.json';

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
      (name: string, before: readonly string[]) => [...before, name],
      [],
    )
    .option('--force', 'also where there is such a file already');
  command.action((flags: InitFlags) => init(flags, command.optsWithGlobals<{ config?: string }>().config));
}

/** All else is set by options and variables, which `fleetgauge config list` tells of. */
async function init({ provider, force }: InitFlags, named: string | undefined): Promise<void> {
  const file = resolve(named ?? (process.env.FLEETGAUGE_CONFIG || usualFile));
  try {
    await writeFile(file, `${JSON.stringify({ providers: provider }, null, 2)}\n`, { flag: force ? 'w' : 'wx' });
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
  note(
    '  providers   clouds to read besides ours: npm packages, or paths that begin with a dot, as seen from the file',
  );
  note('Next   fleetgauge config list');
}
