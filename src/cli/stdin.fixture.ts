import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';

/** Stands for standard input of a test. @param read makes the text, once somebody reads it */
export function pipeIn(read: () => Promise<string>): void {
  const real = Object.getOwnPropertyDescriptor(process, 'stdin');
  async function* text() {
    yield await read();
  }
  Object.defineProperty(process, 'stdin', { value: Readable.from(text(), { objectMode: false }), configurable: true });
  onTestFinished(() => {
    if (real !== undefined) Object.defineProperty(process, 'stdin', real);
  });
}
