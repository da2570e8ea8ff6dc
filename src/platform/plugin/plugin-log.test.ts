import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { PluginLog, readPluginLog } from './plugin-log.ts';
import { redaction } from './redact.ts';

const now = () => Date.parse('2026-11-22T12:00:00Z');
const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----';
const redact = redaction({ key: 'hunter2-hunter2', nested: [{ pem }], port: 'x' });

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

it('has lines with their times, and hides secrets that come in pieces', async () => {
  const folder = await temporaryFolder();
  const log = new PluginLog(folder, redact, now);
  await log.note('started');
  await log.take(
    chunks('\u001b[31msigning\u001b[0m in with hunt', 'er2-hunter2\nkey:\u0007\n', `${pem}\r\nlast, and x`),
  );
  const text = await readPluginLog(folder);
  expect(text.split('\n').slice(0, 3)).toEqual([
    '2026-11-22T12:00:00.000Z -- started',
    '2026-11-22T12:00:00.000Z signing in with ***',
    '2026-11-22T12:00:00.000Z key: ',
  ]);
  expect(text).toContain('last, and x');
  expect(text).not.toMatch(/hunter2|MIIE|kqhki/);
  expect(log.tail.at(-1)).toBe('last, and x');
});

it('hides a secret wherever its chunks and the cut of a long line fall', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 8_100, max: 8_300 }),
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 6 }),
      async (before, sizes) => {
        const folder = await temporaryFolder();
        const text = `${'.'.repeat(before)}hunter2-hunter2${'.'.repeat(9_000)}\nend\n`;
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        await new PluginLog(folder, redact, now).take(chunks(...pieces));
        const kept = await readPluginLog(folder);
        expect(kept).not.toContain('hunt');
        expect(kept).toContain(' end\n');
      },
    ),
    { numRuns: 20, seed: 7 },
  );
});

it('keeps to its size, whatever is printed, and the newest lines', async () => {
  const folder = await temporaryFolder();
  const limit = 4_096;
  const log = new PluginLog(folder, redact, now, limit);
  for (let line = 0; line < 500; line++) await log.take(chunks(`line ${line} ${'.'.repeat(60)}\n`));
  for (const name of ['plugin.log', 'plugin.log.1']) {
    expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(limit);
  }
  const text = await readPluginLog(folder);
  expect(text).toContain('line 499 ');
  expect(text).not.toContain('line 100 ');
  const again = new PluginLog(folder, redact, now, limit);
  await again.note('after a restart');
  expect(await readPluginLog(folder)).toContain('line 499 ');
});

it('lets a plugin run whose log cannot be written', async () => {
  const folder = join(await temporaryFolder(), 'a');
  const log = new PluginLog(join('/dev/null', folder), redact, now);
  await log.take(chunks('text\n'));
  expect(log.tail).toEqual(['text']);
});
