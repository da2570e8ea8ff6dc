import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { lacks, type Part } from '../e2e/parts.ts';
import { root } from '../e2e/run-cli.ts';

const goSources = '/usr/share/gocode';

export const go = onPath('go', 'Go', 'golang-go');
export const sprig = at(
  join(goSources, 'src/github.com/Masterminds/sprig'),
  'sprig',
  'apt-get install golang-github-masterminds-sprig-dev golang-gopkg-yaml.v3-dev',
);
/** Where Debian keeps the sources of Go packages. */
export const goPath = goSources;

export const python = at(
  join(root, '.venv/deploy/bin/python'),
  'kubernetes-validate',
  'python3 -m venv .venv/deploy && .venv/deploy/bin/pip install -r tests/deploy/requirements.txt',
);

export const compose = onPath('docker-compose', 'docker-compose', 'docker-compose');

export const postgres: Part = {
  path: globSync('/usr/lib/postgresql/*/bin').at(-1),
  reason: 'PostgreSQL is not on this machine. Get it: apt-get install postgresql',
};

/** Whether any part is missing. Says which. @throws Error where parts are required */
export function lacksAny(...parts: readonly Part[]): boolean {
  return parts.map(lacks).includes(true);
}

/** @throws Error where it is missing */
export function pathOf({ path, reason }: Part): string {
  if (path === undefined) throw new Error(reason);
  return path;
}

function onPath(program: string, name: string, debian: string): Part {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
  return { path: found, reason: `${name} is not on this machine. Get it: apt-get install ${debian}` };
}

function at(path: string, name: string, fix: string): Part {
  return { path: existsSync(path) ? path : undefined, reason: `${name} is not on this machine. Get it: ${fix}` };
}
