import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { onInterrupt } from './interrupt.ts';
import { makePipe } from './named-pipe.fixture.ts';

/** A process that hangs in the file system, where nothing but the kernel ends it. @param takes whether it can break off what it does */
async function hanging(takes: boolean) {
  const pipe = join(await temporaryFolder(), 'pipe');
  await makePipe(pipe);
  const script = `
    import { open } from 'node:fs/promises';
    import { onInterrupt } from '${new URL('./interrupt.ts', import.meta.url)}';
    const interrupt = onInterrupt(() => {});
    interrupt.stopping.addEventListener('abort', () => console.log('stopping'));
    if (${takes}) interrupt.signal.addEventListener('abort', () => console.log('broken off'));
    process.on('exit', (code) => console.log('exit ' + code));
    void open('${pipe}', 'w');
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

it.each([
  { name: 'what cannot be broken off', takes: false, after: ['stopping'] },
  { name: 'what can', takes: true, after: ['stopping', 'broken off'] },
])('lets $name end, and ends it then, whatever it waits for', async ({ takes, after }) => {
  const child = await hanging(takes);
  const ended = once(child, 'close');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    child.kill('SIGINT');
  }
  expect(lines).toEqual(['ready', ...after, 'exit 130']);
  expect(await ended).toEqual([null, 'SIGINT']);
});

it('means nothing any more once it is disposed of', () => {
  const before = process.listenerCount('SIGINT');
  const interrupt = onInterrupt(() => {});
  interrupt[Symbol.dispose]();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
