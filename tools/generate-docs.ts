/**
 * Writes the parts of the documentation that follow from the code, between `<!-- made: name -->` and `<!-- end -->`. `--check`
 * writes nothing and fails where the two disagree.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CollectorOptions } from '#plugins/collector/options.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Pages with such parts, and what makes each part. */
const parts: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/cloudforet.md': { 'collector options': collectorOptions },
};

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

for (const page of Object.keys(parts)) {
  const file = path.join(root, page);
  const before = readFileSync(file, 'utf8');
  const after = made(page, before);
  if (before === after) continue;
  if (process.argv.includes('--check')) {
    console.error(`${page} does not say what the code does: npm run generate`);
    process.exitCode = 1;
  } else writeFileSync(file, after);
}
