import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CollectError } from '#model/errors.ts';
import { knownProviders } from '#providers/registry.ts';

const providersFolder = fileURLToPath(new URL('../providers/', import.meta.url));

export interface NewProvider {
  /** From the repository's root. */
  readonly folder: string;
  readonly files: readonly string[];
}

/** Files of the template that are ours and not of a provider, and the one that takes the place of another. */
const notCopied = new Set(['template.test.ts', 'testbed.fixture.ts']);
const renamed: Readonly<Record<string, string>> = { 'unwritten-testbed.fixture.ts': 'testbed.fixture.ts' };

/**
 * Writes a provider's folder and its line of the registry, from the template that is tested beside all others.
 *
 * @throws CollectError `invalid_input` for a name that is none, `conflict` where it is taken
 */
export async function newProvider(id: string): Promise<NewProvider> {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(id))
    throw new CollectError('invalid_input', `'${id}' is not in snake_case`, { fix: 'such as oracle_cloud' });
  if (
    knownProviders().some((each) => each.id === id || each.alias === id) ||
    (await isThere(join(providersFolder, id)))
  )
    throw new CollectError('conflict', `there is a provider '${id}' already`, { where: `src/providers/${id}` });
  const template = join(providersFolder, 'template');
  const names = (await readdir(template)).filter((name) => !notCopied.has(name));
  await mkdir(join(providersFolder, id));
  const files = names.map((name) => renamed[name] ?? name);
  for (const name of names) {
    const text = await readFile(join(template, name), 'utf8');
    await writeFile(join(providersFolder, id, renamed[name] ?? name), inWordsOf(id, text));
  }
  const registry = join(providersFolder, 'registry.ts');
  await writeFile(registry, withProvider(await readFile(registry, 'utf8'), id));
  return { folder: `src/providers/${id}`, files };
}

/** The template's names as those of another provider: `template_cloud`, `templateCloud`, `Template Cloud` and so on. */
function inWordsOf(id: string, text: string): string {
  return text
    .replaceAll('TEMPLATE_CLOUD', id.toUpperCase())
    .replaceAll('template_cloud', id)
    .replaceAll('template-cloud', id.replaceAll('_', '-'))
    .replaceAll('Template Cloud', id.split('_').map(capital).join(' '))
    .replaceAll('templateCloud', camelOf(id));
}

/** @throws CollectError `internal` where the registry does not look as it should */
function withProvider(registry: string, id: string): string {
  const name = camelOf(id);
  const imports = [...registry.matchAll(/^import .* from '\.\/(\w+)\/sign-in\.ts';\n/gm)];
  const after = imports.findLast(([, other = '']) => other < id) ?? imports[0];
  const end = registry.indexOf('\n];\n');
  if (after === undefined || end < 0) throw new CollectError('internal', 'the registry has no place for a provider');
  const [line, other = ''] = after;
  const at = after.index + (other < id ? line.length : 0);
  const load = `load: async () => (await import('./${id}/index.ts')).${name}`;
  const one = `  { id: '${id}', signIn: ${name}SignIn, ${load} },`;
  const entry = one.length <= 120 ? one : `  {\n    id: '${id}',\n    signIn: ${name}SignIn,\n    ${load},\n  },`;
  return [
    registry.slice(0, at),
    `import { signIn as ${name}SignIn } from './${id}/sign-in.ts';\n`,
    registry.slice(at, end),
    `\n${entry}`,
    registry.slice(end),
  ].join('');
}

function camelOf(id: string): string {
  const [first = '', ...rest] = id.split('_');
  return first + rest.map(capital).join('');
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
