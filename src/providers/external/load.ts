import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { KnownProvider } from '#model/provider.ts';
import type { FileConfig } from './config.ts';
import { type Kit, kit } from './kit.ts';
import { Known, Loaded } from './schema.ts';

type Make = (kit: Kit) => unknown;

const Package = z.object({
  default: z.custom<Make>((value) => typeof value === 'function', 'must be a function (kit) => provider'),
});

/**
 * The provider that a package or file of a configuration brings. Its code runs in this process, with all that we may do.
 *
 * @throws CollectError `invalid_input` naming the package
 */
export async function loadExternal(name: string, { file }: Pick<FileConfig, 'file'>): Promise<KnownProvider> {
  try {
    const path = createRequire(file).resolve(name);
    const made = parse(Package, await import(pathToFileURL(path).href)).default(kit);
    const known = parse(Known, await made);
    return { ...known, load: () => loaded(name, known, file) };
  } catch (caught) {
    throw broken(name, caught, file);
  }
}

async function loaded(name: string, known: KnownProvider, file: string) {
  try {
    const provider = parse(Loaded, await known.load());
    if (provider.id !== known.id)
      throw new CollectError('invalid_input', `id: it is known as ${known.id}, and calls itself ${provider.id}`);
    return provider;
  } catch (caught) {
    throw broken(name, caught, file);
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CollectError(
    'invalid_input',
    `${issue?.path.join('.') || 'what it gives'}: ${issue?.message ?? 'malformed'}`,
  );
}

function broken(name: string, cause: unknown, file: string): CollectError {
  const [why] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return new CollectError('invalid_input', `provider package ${name}: ${why}`, {
    where: file,
    fix: `mend the package, or take it out of the file; docs/add-a-provider.md says what it has to give`,
    cause,
  });
}
