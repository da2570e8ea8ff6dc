import { Argument, type Command } from 'commander';
import type { MetricRow, Provider } from '#model/provider.ts';
import { knownProviders, loadProvider, providerIds } from '#providers/registry.ts';
import { plural } from '../format.ts';
import { formatPrice } from '../format-price.ts';
import { newProvider } from '../new-provider.ts';
import { addDocumentOptions, type DocumentFlags, type ListFlags, listsRows, write, writeDocument } from '../output.ts';
import { note } from '../say.ts';
import { type Column, renderTable } from '../table.ts';

export function addProviderCommand(program: Command): void {
  const provider = program.command('provider');
  listsRows(
    provider.command('list').description('every cloud, ours and those of the config file (YAML or JSON)'),
    list,
  );
  const one = provider
    .command('show')
    .description('what a cloud measures, by what, at what price and within which limits')
    .addArgument(idArgument());
  addDocumentOptions(one).action((name: string, flags: DocumentFlags) => show(name, flags));
  provider
    .command('permissions')
    .description('the policy or role that lets us read an account there, ready to be applied')
    .addArgument(idArgument())
    .action(permissions);
  provider
    .command('new')
    .description('write the folder of a new provider, with tests that say what is to be filled in')
    .argument('<name>', 'in snake_case: oracle_cloud')
    .action(create);
}

function idArgument(): Argument {
  return new Argument(
    '<id>',
    knownProviders()
      .map(({ id }) => id)
      .join(', '),
  );
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly alias: string;
  readonly types: readonly string[];
  readonly isOurs: boolean;
}

const columns: Column<Row>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ALIAS', value: ({ alias }) => alias },
  { title: 'RESOURCE TYPES', value: ({ types }) => types.join(', ') },
  { title: 'FROM', value: ({ isOurs }) => (isOurs ? 'fleetgauge' : 'config file') },
];

async function list(flags: ListFlags): Promise<void> {
  const rows = await Promise.all(
    knownProviders().map(async ({ id, alias = '', load }): Promise<Row> => {
      const { name, types } = await load();
      return { id, name, alias, types: types.map((type) => type.id), isOurs: providerIds.includes(id) };
    }),
  );
  await write({ flags, rows, columns });
}

async function show(name: string, flags: DocumentFlags): Promise<void> {
  const provider = await byName(name);
  const { parseSecret: _, connect: __, regionForm, ...data } = provider;
  await writeDocument(flags, {
    data: { ...data, regionForm: regionForm.source },
    text: () => describe(provider),
  });
}

function describe(provider: Provider): string {
  return [
    `${provider.name} (${provider.id}): ${provider.types.map(({ label }) => label).join(', ')}`,
    renderTable(metricColumns, provider.metricTable),
    renderTable(limitColumns, Object.entries(provider.limits)),
    provider.prices.length === 0 ? 'Reading is free.' : provider.prices.map(formatPrice).join('\n'),
    describeWays(provider),
  ].join('\n\n');
}

const metricColumns: Column<MetricRow>[] = [
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'KEY', value: ({ key }) => key },
  { title: 'NATIVE METRIC', value: ({ native }) => native },
  { title: 'STATISTIC', value: ({ statistic }) => statistic ?? '–' },
  { title: 'UNIT', value: ({ unit }) => unit },
  { title: 'CONVERSION', value: ({ conversion }) => conversion ?? '–' },
];

const limitColumns: Column<[string, Provider['limits'][string]]>[] = [
  { title: 'CALL', value: ([api]) => api },
  { title: 'PER SECOND', value: ([, { perSecond }]) => String(perSecond), alignRight: true },
  {
    title: 'POINTS PER SECOND',
    value: ([, { pointsPerSecond }]) => pointsPerSecond?.toLocaleString('en-US') ?? '–',
    alignRight: true,
  },
];

function describeWays({ id, permissions }: Provider): string {
  return `Ways in      fleetgauge scan ${id} --help\nPermissions  ${permissions.length === 0 ? 'none to be given' : `fleetgauge provider permissions ${id}`}`;
}

/** The document alone on stdout, so that it can be piped; what to do with it on stderr. */
async function permissions(name: string): Promise<void> {
  const { id, permissions: documents } = await byName(name);
  if (documents.length === 0) note(`${id} knows no permissions that have to be given.`);
  for (const { about, apply, text } of documents) {
    process.stdout.write(text);
    note(`${about}\nApply it in a clone by  ${apply}`);
  }
}

async function create(name: string): Promise<void> {
  const { folder, files } = await newProvider(name);
  note(
    `Wrote ${plural(files.length, 'file')} to ${folder}, and its line into src/providers/registry.ts.\n` +
      `Next   npx vitest run src/providers/contract -t 'provider ${name}'   says what is to be filled in\n` +
      `       docs/add-a-provider.md goes through it`,
  );
}

function byName(name: string): Promise<Provider> {
  const known = knownProviders().find(({ id, alias }) => id === name || alias === name);
  if (known !== undefined) return known.load();
  // Says which there are.
  return loadProvider(name);
}
