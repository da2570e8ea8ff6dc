import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { CollectError } from '#model/errors.ts';
import { performanceMetadata } from '#model/performance-layout.ts';
import { metricsOfAny, serverType } from '#model/resource-type.ts';
import { type Statistic, statistics } from '#model/statistic.ts';
import { knownTypes } from '#providers/registry.ts';
import { exitCodes } from '../exit-codes.ts';
import { faultsOf } from '../layout-faults.ts';
import { print } from '../output.ts';
import { parseList } from '../parse-list.ts';
import { note } from '../say.ts';

interface MetadataFlags {
  readonly resource: string;
  readonly stat: Statistic[];
  readonly validate?: string;
}

export function addMetadataCommand(program: Command): void {
  program
    .command('metadata')
    .option('--resource <type>', 'of resource, such as rds_instance, or azure/server for one cloud alone', serverType)
    .option('--stat <list>', `out of ${statistics.join(', ')}; avg and max are always there`, parseStatistics, [])
    .option('--validate <file>', 'check such a document of anybody instead')
    .action((flags: MetadataFlags) => (flags.validate === undefined ? emit(flags) : validate(flags.validate)));
}

/** The document alone on stdout, as records carry it. */
async function emit({ resource, stat }: MetadataFlags): Promise<void> {
  const [type = '', provider] = resource.split('/').reverse();
  const types = await knownTypes();
  const own = types.filter((each) => provider === undefined || each.provider === provider);
  const known = own.flatMap((each) => each.types.map(({ id }) => id));
  if (!known.includes(type)) {
    throw new CollectError('invalid_input', `there is no resource type '${resource}'`, {
      fix: `one of ${[...new Set(types.flatMap((each) => each.types.map(({ id }) => id)))].join(', ')}, after a provider and a slash or alone`,
    });
  }
  await print(JSON.stringify(performanceMetadata(metricsOfAny(own, [type]), stat), null, 2));
}

async function validate(file: string): Promise<void> {
  const faults = faultsOf(await documentIn(file));
  for (const fault of faults) await print(fault);
  if (faults.length > 0) process.exitCode = exitCodes.failed;
  else note(`${file} is a layout that consoles of Cloudforet can draw.`);
}

async function documentIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new CollectError('invalid_input', 'the file is no JSON', { where: file, cause });
  }
}

function parseStatistics(text: string): Statistic[] {
  return parseList(text).map((name) => {
    const statistic = statistics.find((each) => each === name);
    if (statistic === undefined) throw new InvalidArgumentError(`It has to be out of ${statistics.join(', ')}.`);
    return statistic;
  });
}
