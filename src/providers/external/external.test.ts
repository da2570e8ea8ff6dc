import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdToContract } from '../contract/contract.fixture.ts';
import { addProvider, providerIds } from '../registry.ts';
import { openTestbed } from '../template/testbed.fixture.ts';
import { readConfig } from './config.ts';
import { loadExternal } from './load.ts';

const acmeFile = fileURLToPath(new URL('testing/acme-cloud.mjs', import.meta.url));
const ours = { file: join(dirname(acmeFile), 'fleetgauge.config.json'), providers: ['./acme-cloud.mjs'] };

holdToContract({
  id: 'acme_cloud',
  load: async () => (await loadExternal('./acme-cloud.mjs', ours)).load(),
  openTestbed,
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-external-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const configIn = (inFolder: string) => ({ file: join(inFolder, 'fleetgauge.config.json'), providers: [] });

describe('the configuration', () => {
  it('names no provider where it is not there', async () => {
    expect((await readConfig(undefined, folder)).providers).toEqual([]);
  });

  it('names them in the working folder, or in the file that is asked for', async () => {
    await put('fleetgauge.config.json', '{ "providers": ["./one.mjs"] }');
    const other = await put('elsewhere/other.json', '{ "providers": ["@acme/two"] }');
    expect((await readConfig(undefined, folder)).providers).toEqual(['./one.mjs']);
    expect(await readConfig(other, folder)).toEqual({
      file: other,
      providers: ['@acme/two'],
      settings: {},
      profiles: {},
    });
  });

  it('is YAML too, with settings and named groups of them', async () => {
    const inYaml = await mkdtemp(join(folder, 'yaml-'));
    const file = join(inYaml, 'fleetgauge.config.yaml');
    await writeFile(file, '# ours\nproviders:\noutput: json\nprofiles:\n  prod:\n    server: https://fleet.example\n');
    expect(await readConfig(undefined, inYaml)).toEqual({
      file,
      providers: [],
      settings: { output: 'json' },
      profiles: { prod: { server: 'https://fleet.example' } },
    });
  });

  it.each([
    { name: 'no JSON', text: '{ providers: [] }', says: 'no JSON' },
    { name: 'another field', text: '{ "provider": [] }', says: 'provider' },
    { name: 'another form', text: '{ "providers": "./one.mjs" }', says: 'providers' },
  ])('is refused by its name where it is of $name', async ({ text, says }) => {
    const file = await put('fleetgauge.config.json', text);
    await expect(readConfig(undefined, folder)).rejects.toMatchObject({
      code: 'invalid_input',
      where: file,
      message: expect.stringContaining(says),
      fix: expect.any(String),
    });
  });

  it('must be there where it is asked for', async () => {
    await expect(readConfig('none.json', folder)).rejects.toMatchObject({
      code: 'invalid_input',
      fix: expect.stringContaining('fleetgauge init'),
    });
  });
});

describe('a package', () => {
  it('is found below node_modules of the configuration, in plain JavaScript', async () => {
    await put('node_modules/@acme/fleetgauge/package.json', '{ "type": "module", "exports": "./main.js" }');
    await put('node_modules/@acme/fleetgauge/main.js', `export { default } from ${JSON.stringify(acmeFile)};`);
    expect(await loadExternal('@acme/fleetgauge', configIn(folder))).toMatchObject({ id: 'acme_cloud', alias: 'acme' });
  });

  it.each([
    { name: 'that is not there', text: undefined, says: 'Cannot find module' },
    { name: 'that does not parse', text: 'export default (', says: /Unexpected|Expression|Parse/i },
    { name: 'that fails', text: 'throw new Error("no licence")', says: 'no licence' },
    { name: 'without a function', text: 'export const acme = 1', says: 'default: must be a function' },
    { name: 'whose function fails', text: 'export default () => { throw new Error("no"); }', says: 'no' },
    { name: 'that gives nothing', text: 'export default () => undefined', says: 'expected object' },
    {
      name: 'with a name that is none',
      text: 'export default () => ({ id: "Acme Cloud" })',
      says: 'id: must be in snake_case',
    },
  ])('$name is refused by its name', async ({ text, says }) => {
    if (text !== undefined) await put('my-cloud.mjs', text);
    const { file } = configIn(folder);
    const refused = loadExternal('./my-cloud.mjs', { file });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_input', where: file, fix: expect.any(String) });
    await expect(refused).rejects.toThrow(/^provider package \.\/my-cloud\.mjs: /);
    await expect(refused).rejects.toThrow(says);
  });

  it.each([
    { name: 'another id', change: 'id: "other_cloud"', says: 'calls itself other_cloud' },
    {
      name: 'a key that we do not know',
      change: 'types: [{ ...p.types[0], metrics: ["cpu.load"] }]',
      says: 'types.0.metrics.0',
    },
    { name: 'no limit for its metrics', change: 'limits: {}', says: 'limits: must have a limit for metricApi' },
    { name: 'no way in', change: 'connect: 1', says: 'connect: must be a function' },
  ])('whose provider has $change is refused when it is used', async ({ change, says }) => {
    await put(
      'my-cloud.mjs',
      `import acme from ${JSON.stringify(acmeFile)};
       export default (kit) => {
         const known = acme(kit);
         return { ...known, load: async () => { const p = await known.load(); return { ...p, ${change} }; } };
       };`,
    );
    const known = await loadExternal('./my-cloud.mjs', configIn(folder));
    await expect(known.load()).rejects.toThrow(says);
    await expect(known.load()).rejects.toThrow(/^provider package \.\/my-cloud\.mjs: /);
  });

  it('cannot take the name of another provider', async () => {
    const known = await loadExternal('./acme-cloud.mjs', ours);
    for (const id of [...providerIds, 'google'])
      expect(() => addProvider({ ...known, id })).toThrow(`there is a provider '${id}' already`);
    expect(() => addProvider({ ...known, alias: 'google' })).toThrow("'google'");
  });
});
