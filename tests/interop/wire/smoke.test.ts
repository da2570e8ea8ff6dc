import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { partsAreRequired } from '../../e2e/parts.ts';

const run = promisify(execFile);
const here = import.meta.dirname;
const environments = path.join(here, '../../../.venv');

const clients = [
  { client: 'plain', generation: 'v2', packages: ['grpcio', 'grpcio-reflection'] },
  { client: 'spaceone', generation: 'v2', packages: ['spaceone-core>=2,<3', 'spaceone-api>=2,<3'] },
  { client: 'spaceone', generation: 'v1', packages: ['spaceone-core>=1.12,<1.13', 'spaceone-api>=1.12,<1.13'] },
].map((each) => ({ ...each, home: path.join(environments, `cloudforet-${each.client}-${each.generation}`) }));

/** Where parts are required they are installed here, once; elsewhere they are used if somebody did. */
function isMissing(home: string): boolean {
  if (partsAreRequired || existsSync(path.join(home, '.complete'))) return false;
  process.stderr.write(
    `SKIPPED  the Python client in ${path.basename(home)} is not installed; FLEETGAUGE_TEST_PARTS=required installs it\n`,
  );
  return true;
}

describe.each(clients)('the Python client $client $generation', ({ client, generation, packages, home }) => {
  it.skipIf(isMissing(home))(
    'calls every kind of method',
    async () => {
      const python = await environment(home, packages);
      const server = spawn(process.execPath, [path.join(here, 'server.ts'), generation], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      try {
        const { value: port } = await createInterface(server.stdout)[Symbol.asyncIterator]().next();
        const { stdout } = await run(python, [path.join(here, 'smoke.py'), client, String(port)]);
        expect(stdout).toContain(client === 'plain' ? 'ok collect' : 'ok stream error');
      } finally {
        server.stdin.end();
      }
    },
    600_000,
  );
});

/** A Python with these packages, made once. */
async function environment(home: string, packages: readonly string[]): Promise<string> {
  const python = path.join(home, 'bin/python');
  if (existsSync(path.join(home, '.complete'))) return python;
  await run('python3', ['-m', 'venv', home]);
  await run(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
  mkdirSync(path.join(home, '.complete'));
  return python;
}
