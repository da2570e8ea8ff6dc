import { exec, execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '#store/open.ts';
import { server } from '#store/testing/servers.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';

const shell = promisify(exec);
const main = fileURLToPath(new URL('../main.ts', import.meta.url));

interface Ended {
  readonly code: number | string | null | undefined;
  readonly out: string;
  readonly err: string;
}

function fleetgauge(...words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...words], (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    );
    onTestFinished(() => void child.kill());
  });
}

it('writes a file that is there when it is whole, and keeps the old one until then', async () => {
  const folder = await temporaryFolder();
  const store = await openStore({ folder });
  await store.inventory.put([{ record: server('i-1') }, { record: server('i-2', { provider: 'azure' }) }], 1000);
  await store.close();
  const out = join(await temporaryFolder(), 'out');
  await mkdir(out);
  const file = join(out, 'servers.csv');
  const args = ['--data', folder, 'export', '--format', 'csv', '--columns', 'resource_id,cpu.utilization.avg'];

  expect(await fleetgauge(...args, '--filter', 'provider:azure')).toMatchObject({
    code: 0,
    out: 'resource_id,cpu.utilization.avg\r\ni-2,\r\n',
  });
  await writeFile(file, 'the old one');
  expect(await fleetgauge(...args, '-o', file)).toMatchObject({ code: 0, out: '' });
  expect(await readFile(file, 'utf8')).toBe('resource_id,cpu.utilization.avg\r\ni-1,\r\ni-2,\r\n');

  await writeFile(file, 'the old one');
  expect((await fleetgauge(...args, '--filter', 'no such field:1', '-o', file)).code).not.toBe(0);
  expect(await readFile(file, 'utf8')).toBe('the old one');
  expect(await readdir(out)).toEqual(['servers.csv']);

  expect(await fleetgauge('--data', folder, 'export')).toMatchObject({ code: 2 });
  expect(await fleetgauge(...args, '--to', 'postgres://nowhere')).toMatchObject({ code: 2 });
});

it('writes to a pipe that is named by its number', async () => {
  const folder = await temporaryFolder();
  const store = await openStore({ folder });
  await store.inventory.put([{ record: server('i-1') }], 1000);
  await store.close();
  const words = `--data ${folder} export servers --columns resource_id -o /dev/fd/3`;
  const { stdout } = await shell(`"${process.execPath}" "${main}" ${words} 3>&1 >/dev/null 2>&1 | cat`);
  expect(stdout).toBe('resource_id\r\ni-1\r\n');
});

it('writes down what commands change, and who ran them', async () => {
  const folder = await temporaryFolder();
  expect(await fleetgauge('--data', folder, 'limit', 'set', 'aws', '3')).toMatchObject({ code: 0 });
  expect(await fleetgauge('--data', folder, 'limit', 'list')).toMatchObject({ code: 0 });
  const { out } = await fleetgauge('--data', folder, 'audit', '-o', 'json');
  expect(JSON.parse(out).data).toEqual([
    expect.objectContaining({
      action: 'limit.set',
      target: 'aws',
      outcome: 'ok',
      from: expect.stringContaining('terminal'),
    }),
  ]);
});
