import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';

const defaultFile = 'fleetgauge.config.json';

const Config = z.strictObject({
  /** npm packages, or paths that begin with a dot or a slash; both as seen from the file. */
  providers: z.array(z.string().min(1)).default([]),
});

export interface ProviderConfig {
  /** Absolute. */
  readonly file: string;
  readonly providers: readonly string[];
}

/**
 * @param named the file to read, which must be there; else the one of the working folder, if there is one
 * @throws CollectError `invalid_input` naming the file and the field
 */
export async function readConfig(named: string | undefined, folder: string): Promise<ProviderConfig> {
  const file = resolve(folder, named ?? defaultFile);
  const text = await textOf(file, named !== undefined);
  const parsed = Config.safeParse(text === undefined ? {} : jsonOf(text, file));
  if (parsed.success) return { file, ...parsed.data };
  const [issue] = parsed.error.issues;
  throw new CollectError('invalid_input', `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'malformed'}`, {
    where: file,
    fix: '{ "providers": ["@acme/fleetgauge-oracle", "./my-cloud.mjs"] }',
  });
}

async function textOf(file: string, isNamed: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (isAbsent && !isNamed) return undefined;
    throw new CollectError('invalid_input', 'the configuration cannot be read', { where: file, cause });
  }
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CollectError('invalid_input', 'the configuration is no JSON', { where: file, cause });
  }
}
