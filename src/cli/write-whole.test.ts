import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { makePipe, readPipe } from './named-pipe.fixture.ts';
import { writeWhole } from './write-whole.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder, 'file');
});

async function* bytesOf(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

const modeOf = async (name: string) => (await stat(name)).mode & 0o777;

it('makes a file that is its owner’s alone, and keeps the mode of one that is there', async () => {
  await writeWhole(file, bytesOf('a', 'b'));
  expect([await readFile(file, 'utf8'), await modeOf(file)]).toEqual(['ab', 0o600]);
  await chmod(file, 0o664);
  await writeWhole(file, 'new');
  expect([await readFile(file, 'utf8'), await modeOf(file)]).toEqual(['new', 0o664]);
  await writeWhole(file, 'secret', 0o600);
  expect(await modeOf(file)).toBe(0o600);
  expect(await readdir(folder)).toEqual(['file']);
});

it.each(['a file', 'nothing yet'])('writes through a link to %s, which stays one', async (to) => {
  const target = join(folder, 'elsewhere', 'target');
  await mkdir(join(folder, 'elsewhere'));
  if (to === 'a file') await writeFile(target, 'before');
  await symlink('elsewhere/target', file);
  await writeWhole(file, 'new');
  expect((await lstat(file)).isSymbolicLink()).toBe(true);
  expect(await readFile(target, 'utf8')).toBe('new');
  expect(await readdir(join(folder, 'elsewhere'))).toEqual(['target']);
});

it('sends to a pipe what it is to have, and leaves the pipe', async () => {
  await makePipe(file);
  const read = readPipe(file);
  await writeWhole(file, bytesOf('a', 'b'));
  expect(await read).toBe('ab');
  expect((await lstat(file)).isFIFO()).toBe(true);
});

it('leaves nothing aside, nor any change, where the content breaks off, and says why that was', async () => {
  await writeFile(file, 'before');
  async function* broken() {
    yield Buffer.from('half');
    throw new TypeError('the content is at fault');
  }
  await expect(writeWhole(file, broken())).rejects.toThrow(new TypeError('the content is at fault'));
  expect([await readdir(folder), await readFile(file, 'utf8')]).toEqual([['file'], 'before']);
});

it('says that it cannot be written where that is at fault', async () => {
  const refused = { code: 'invalid_input', message: 'the file cannot be written' };
  const nowhere = join(folder, 'none', 'file');
  await expect(writeWhole(nowhere, bytesOf('a'))).rejects.toMatchObject({ ...refused, where: nowhere });
  await expect(writeWhole(folder, bytesOf('a'))).rejects.toMatchObject({ ...refused, where: folder });
});
