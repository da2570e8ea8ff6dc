/**
 * Writes the documentation that follows from the code: parts of pages, between `<!-- made: name -->` and `<!-- end -->`, and
 * whole files. `--check` writes nothing and fails where the two disagree.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Provider } from '#model/provider.ts';
import { CollectorOptions } from '#plugins/collector/options.ts';
import { knownProviders, loadProvider } from '#providers/registry.ts';

const root = path.resolve(import.meta.dirname, '..');

const providers = await Promise.all(
  knownProviders().map(async ({ id, signIn }) => ({ provider: await loadProvider(id), signIn })),
);
type Documented = (typeof providers)[number];

const aws = await loadProvider('aws');

/** Pages with such parts, and what makes each part. */
const parts: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/cloudforet.md': { 'collector options': collectorOptions },
  'docs/providers.md': { providers: overview },
  'docs/aws.md': { permissions: () => permissionsOf(aws), prices: () => pricesOf(aws), limits: () => limitsOf(aws) },
};

/** Files that are made whole, by their path. */
const files: Readonly<Record<string, string>> = Object.fromEntries(
  providers.flatMap((each) => [
    [`docs/providers/${each.provider.id}.md`, pageOf(each)],
    ...each.provider.permissions.map(({ file, text }) => [`docs/permissions/${file}`, text]),
  ]),
);

function overview(): string {
  const rows = providers.flatMap(({ provider: { id, name, types, metricTable } }) =>
    types.map((type) => [
      `[${name}](providers/${id}.md)`,
      `\`${id}\``,
      `${type.label} (\`${type.id}\`)`,
      type.metrics.map((key) => `\`${key}\``).join(' '),
      String(metricTable.filter((row) => row.type === type.id).length),
    ]),
  );
  return table(['cloud', 'id', 'resource type', 'keys', 'rows'], rows);
}

function pageOf({ provider, signIn }: Documented): string {
  const sections = [
    `<!-- Made by tools/generate-docs.ts from src/providers/${provider.id}. -->`,
    `# ${provider.name}`,
    `What \`fleetgauge provider show ${provider.id}\` prints. [All clouds](../providers.md).`,
    '## What it reads',
    metricsOf(provider),
    '## Permissions',
    permissionsOf(provider, '../permissions'),
    '## Ways in',
    table(
      ['flag', ''],
      signIn.flags.map(({ name, value, description, repeats, fallback, variable }) => [
        `\`--${name}${value === undefined ? '' : ` <${value}>`}\``,
        [
          description,
          ...(repeats ? ['may be given again'] : []),
          ...(fallback === undefined ? [] : [`\`${fallback}\` where absent`]),
          ...(variable === undefined ? [] : [`or \`${variable}\``]),
        ].join('; '),
      ]),
    ),
    '## What it costs',
    pricesOf(provider),
    '## Limits that we keep',
    limitsOf(provider),
  ];
  return `${sections.join('\n\n')}\n`;
}

function metricsOf({ types, metricTable }: Provider): string {
  const labels = new Map(types.map(({ id, label }) => [id, label]));
  return table(
    ['resource type', 'key', 'native metric', 'statistic', 'unit', 'conversion', 'source'],
    metricTable.map(({ type, key, native, statistic = '–', unit, conversion = 'as is', source }) => [
      labels.get(type) ?? type,
      `\`${key}\``,
      native,
      statistic,
      unit,
      conversion,
      source,
    ]),
  );
}

/** @param folder of the documents, as seen from the page */
function permissionsOf({ id, permissions }: Provider, folder = 'permissions'): string {
  if (permissions.length === 0) return 'None have to be given.';
  const documents = permissions.map(({ file, about, apply, text }) =>
    [
      `[${file}](${folder}/${file}): ${about}`,
      `\`\`\`${path.extname(file).slice(1)}\n${text}\`\`\``,
      `Apply it by \`${apply}\`.`,
    ].join('\n\n'),
  );
  return [...documents, `\`fleetgauge provider permissions ${id}\` prints it.`].join('\n\n');
}

function pricesOf({ prices }: Provider): string {
  if (prices.length === 0) return 'Nothing.';
  return table(
    ['what', 'USD', 'note', 'source', 'read on'],
    prices.map(({ of, usd, per, note = '', source, readOn }) => [
      of,
      `${Number(usd.toPrecision(6))} for ${per.toLocaleString('en-US')}`,
      note,
      source,
      readOn,
    ]),
  );
}

function limitsOf({ limits }: Provider): string {
  return table(
    ['API', 'calls a second', 'points a second', 'seconds a try may take'],
    Object.entries(limits).map(([api, { perSecond, pointsPerSecond, timeoutMs }]) => [
      api,
      String(perSecond),
      pointsPerSecond?.toLocaleString('en-US') ?? '',
      String(timeoutMs / 1000),
    ]),
  );
}

const Property = z.looseObject({ description: z.string().default(''), default: z.unknown().optional() });

function collectorOptions(): string {
  const { properties = {} } = z.toJSONSchema(CollectorOptions, { io: 'input' });
  const rows = Object.entries(properties).map(([name, schema]) => {
    const { description, default: fallback } = Property.parse(schema);
    return [`\`${name}\``, defaultText(fallback), description];
  });
  return table(['option', 'default', ''], rows);
}

/** Long lists are told by their length: the description says what they are. */
function defaultText(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length > 3)) return '';
  return `\`${JSON.stringify(value)}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function made(page: string, text: string): string {
  let written = text;
  for (const [name, make] of Object.entries(parts[page] ?? {})) {
    const [begin, end] = [`<!-- made: ${name} -->`, '<!-- end -->'];
    const from = written.indexOf(begin);
    const to = written.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${page} has no place for "${name}"`);
    written = `${written.slice(0, from + begin.length)}\n\n${make()}\n\n${written.slice(to)}`;
  }
  return written;
}

function put(name: string, before: string | undefined, after: string): void {
  if (before === after) return;
  if (process.argv.includes('--check')) {
    console.error(`${name} does not say what the code does: npm run generate`);
    process.exitCode = 1;
    return;
  }
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, after);
}

function textOf(name: string): string | undefined {
  const file = path.join(root, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

for (const page of Object.keys(parts)) {
  const before = textOf(page);
  if (before === undefined) throw new Error(`${page} is not there`);
  put(page, before, made(page, before));
}
for (const [name, text] of Object.entries(files)) put(name, textOf(name), text);
for (const folder of new Set(Object.keys(files).map((name) => path.dirname(name)))) {
  for (const name of existsSync(path.join(root, folder)) ? readdirSync(path.join(root, folder)) : []) {
    if (Object.hasOwn(files, `${folder}/${name}`)) continue;
    console.error(`${folder}/${name} is of no provider that there is: take it out`);
    process.exitCode = 1;
  }
}
