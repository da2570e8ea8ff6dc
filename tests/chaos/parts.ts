import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from '../e2e/parts.ts';

const versions = '/usr/lib/postgresql';

export const postgres: Part = {
  path: existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version))[0] : undefined,
  reason: 'PostgreSQL is not on this machine. Get it: apt-get install postgresql',
};
