import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, startProcess } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const made = 'src/providers/oracle_cloud';

let folder: TemporaryFolder;
/** A copy of the repository, to be written into. */
let copy: string;

beforeAll(async () => {
  folder = await temporaryFolder('new-provider');
  copy = join(folder.path, 'copy');
  await mkdir(copy);
  for (const name of [
    'src',
    'docs',
    'tools',
    'tsconfig.json',
    'package.json',
    'biome.json',
    '.gitignore',
    'vitest.config.ts',
  ])
    await cp(join(root, name), join(copy, name), { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  // Nothing else depends on a provider's folder, and all of the repository takes a minute.
  const config = JSON.parse(await readFile(join(copy, 'tsconfig.json'), 'utf8'));
  await writeFile(join(copy, 'tsconfig.json'), JSON.stringify({ ...config, include: ['src/providers'] }));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
});

afterAll(async () => {
  await folder?.[Symbol.asyncDispose]();
});

/** A line of the guide, in the copy: what `npx` and `npm run` would start, without what they need to find it. */
function run(line: string) {
  const [name = '', ...args] = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const bin = (tool: string) => join(root, 'node_modules', '.bin', tool);
  const commands: Readonly<Record<string, readonly string[]>> = {
    fleetgauge: [process.execPath, join(copy, 'src/cli/main.ts'), ...args],
    npx: [
      bin(args[0] ?? ''),
      ...args.slice(1),
      ...(args[0] === 'tsc' ? ['--tsBuildInfoFile', join(copy, '.tsbuildinfo')] : []),
    ],
    npm: [process.execPath, join(copy, 'tools/generate-docs.ts')],
  };
  const [command = '', ...rest] = commands[name] ?? [];
  return startProcess('env', ['-C', copy, command, ...rest], { home: folder.path }).ended;
}

describe('the guide to a new provider', { timeout: 900_000 }, async () => {
  const guide = await readFile(join(root, 'docs/add-a-provider.md'), 'utf8');
  const lines = [...guide.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.trim().split('\n'));

  it('has the commands that are tried here', () => {
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'fleetgauge provider new',
      'npx vitest run',
      'npx tsc -p',
      'npx biome check',
      'npm run generate',
      'fleetgauge provider show',
    ]);
  });

  it('writes a folder and a line of the registry', async () => {
    const { code, stderr } = await run(lines[0] ?? '');
    expect(code, stderr).toBe(0);
    expect(await readFile(join(copy, made, 'index.ts'), 'utf8')).toContain('export const oracleCloud = defineProvider');
    expect(await readFile(join(copy, 'src/providers/registry.ts'), 'utf8')).toContain("id: 'oracle_cloud'");
    expect((await run('fleetgauge provider new oracle_cloud')).stderr).toContain(
      "there is a provider 'oracle_cloud' already",
    );
    expect((await run('fleetgauge provider new Oracle-Cloud')).stderr).toContain('snake_case');
  });

  it('has a contract that fails, by saying what is to be filled in', async () => {
    const { code, stdout, stderr } = await run(lines[1] ?? '');
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(`fill in ${made}/testbed.fixture.ts`);
  });

  it('compiles', async () => {
    const { code, stdout } = await run(lines[2] ?? '');
    expect(code, stdout).toBe(0);
  });

  it('is written as our code is', async () => {
    const { code, stderr } = await run(`npx biome check --error-on-warnings ${made} src/providers/registry.ts`);
    expect(code, stderr).toBe(0);
  });

  it('is documented, and shown by the command line', async () => {
    const generated = await run(lines[4] ?? '');
    expect(generated.code, generated.stderr).toBe(0);
    expect(await readFile(join(copy, 'docs/providers/oracle_cloud.md'), 'utf8')).toContain('# Oracle Cloud');
    expect((await run(lines[5] ?? '')).stdout).toContain('Oracle Cloud (oracle_cloud): Virtual server');
    expect((await run('fleetgauge scan oracle_cloud --help')).stdout).toContain('ORACLE_CLOUD_TOKEN');
  });
});
