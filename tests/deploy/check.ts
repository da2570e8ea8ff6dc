import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { pathOf, python } from './parts.ts';
import { run } from './run.ts';

const script = fileURLToPath(new URL('check.py', import.meta.url));

const Errors = z.object({ errors: z.array(z.string()) });
const Objects = Errors.extend({ objects: z.array(z.unknown()) });

/** Objects for Kubernetes, and where they break the schema of one of its versions: `1.29`, `latest`. */
export async function checkObjects(yaml: string, versions: readonly string[]): Promise<z.infer<typeof Objects>> {
  return Objects.parse(await ask(yaml, 'objects', ...versions));
}

/** @returns where values break a JSON Schema */
export async function checkValues(values: unknown, schema: string): Promise<readonly string[]> {
  return Errors.parse(await ask(JSON.stringify(values), 'values', schema)).errors;
}

export function readYaml(yaml: string): Promise<unknown> {
  return ask(yaml, 'yaml');
}

async function ask(stdin: string, ...args: readonly string[]): Promise<unknown> {
  return JSON.parse(await run(pathOf(python), [script, ...args], { stdin }));
}
