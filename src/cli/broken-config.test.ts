import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

function fleetgauge(cwd: string, ...words: readonly string[]) {
  return new Promise<{ code: unknown; err: string }>((resolve) => {
    const child = execFile(process.execPath, [main, '--data', join(cwd, 'data'), ...words], { cwd }, (error, _, err) =>
      resolve({ code: error === null ? 0 : error.code, err }),
    );
    onTestFinished(() => void child.kill());
  });
}

it('is refused with what helps, and mended by config set', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'fleetgauge.config.json');
  await writeFile(file, '{ "providers": "./a.mjs" }');
  expect(await fleetgauge(folder, 'config', 'list')).toMatchObject({ code: 2, err: expect.stringMatching(/fix /) });
  expect(await fleetgauge(folder, 'config', 'set', 'providers', './b.mjs')).toMatchObject({ code: 0 });
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ providers: ['./b.mjs'] });
  await writeFile(file, '{');
  for (const words of [
    ['account', 'list'],
    ['config', 'set', 'providers', './b.mjs'],
  ]) {
    const { code, err } = await fleetgauge(folder, ...words);
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/where +.+\.json\n +fix .+init --force/),
    });
  }
});
