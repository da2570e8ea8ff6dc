import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Generation } from '#wire/generation.ts';
import { partsAreRequired } from '../../e2e/parts.ts';

const run = promisify(execFile);

/** A client from PyPI, and the wire contract that it is to be served with. */
export interface PythonClient {
  readonly name: string;
  readonly generation: Generation;
  readonly packages: readonly string[];
  /** What it is started with, before the address. */
  readonly script: readonly string[];
  /** Whether its errors carry the status besides the code. */
  readonly tellsStatus: boolean;
}

/** Plugins are spoken to by 1.12 in the words of 2.x already; by 1.9 in the old ones. */
export const pythonClients: readonly PythonClient[] = [
  spaceone('2.0', 'v2', 'v2', ['spaceone-core>=2,<3', 'spaceone-api>=2,<3']),
  spaceone('1.12', 'v2', 'v1', ['spaceone-core>=1.12,<1.13', 'spaceone-api>=1.12,<1.13']),
  spaceone('1.9', 'v1', 'v1', ['spaceone-core>=1.9.7,<1.10', 'spaceone-api>=1.9.7,<1.10']),
  plain('v2'),
  plain('v1'),
];

function spaceone(line: string, generation: Generation, way: Generation, packages: readonly string[]): PythonClient {
  const tellsStatus = line !== '1.9';
  return { name: `spaceone-core ${line}`, generation, packages, script: ['spaceone_client.py', way], tellsStatus };
}

function plain(generation: Generation): PythonClient {
  const packages = ['grpcio', 'grpcio-reflection'];
  return { name: `grpcio ${generation}`, generation, packages, script: ['plain_client.py'], tellsStatus: true };
}

const environments = path.join(import.meta.dirname, '../../../.venv');

/** What 1.9's dependencies need to be installed at all, and what all but the newest import. */
const tools = ['pip<24.1', 'setuptools<81'];

/** Where parts are required they are installed, once; elsewhere they are used if somebody did. Says where they are not. */
export function isMissing(client: PythonClient): boolean {
  if (partsAreRequired || isInstalled(client)) return false;
  process.stderr.write(`SKIPPED  ${client.name} is not installed; FLEETGAUGE_TEST_PARTS=required installs it\n`);
  return true;
}

/** A Python with the client's packages, made once. */
export async function pythonOf(client: PythonClient): Promise<string> {
  const home = homeOf(client);
  const python = path.join(home, 'bin/python');
  if (isInstalled(client)) return python;
  rmSync(home, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', home]);
  for (const packages of [tools, client.packages]) {
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  }
  writeFileSync(noteOf(home), textOf(client));
  return python;
}

function homeOf({ packages: [first = ''] }: PythonClient): string {
  return path.join(environments, `cloudforet-${first.replaceAll(/[<>=,]+/g, '-')}`);
}

function isInstalled(client: PythonClient): boolean {
  const note = noteOf(homeOf(client));
  return existsSync(note) && readFileSync(note, 'utf8') === textOf(client);
}

/** Written last: what an environment was made of. */
function noteOf(home: string): string {
  return path.join(home, 'packages.txt');
}

function textOf({ packages }: PythonClient): string {
  return [...tools, ...packages].join('\n');
}
