import { appendFile, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redaction } from './redact.ts';

/** Of one file; there are two, the older one whole. */
const fileBytes = 2 ** 20;
const lineChars = 8_192;
const keptLines = 20;

const fileName = 'plugin.log';

/**
 * What a plugin printed, and what became of its process: a line each with its time, secrets hidden, in a file of bounded size.
 * Writing awaits the disk, so that a plugin which prints without end waits too.
 */
export class PluginLog {
  readonly #folder: string;
  readonly #redact: Redaction;
  readonly #now: () => number;
  readonly #limitBytes: number;
  #last: string[] = [];
  #size: number | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(folder: string, redact: Redaction, now: () => number, limitBytes = fileBytes) {
    this.#folder = folder;
    this.#redact = redact;
    this.#now = now;
    this.#limitBytes = limitBytes;
  }

  /** The last lines, without their times: what a process said before it ended. */
  get tail(): readonly string[] {
    return this.#last;
  }

  /** Of the runner itself. */
  note(text: string): Promise<void> {
    return this.#write([`-- ${text}`]);
  }

  /** Takes lines until the stream ends. A longer line is cut. */
  async take(stream: AsyncIterable<Buffer>): Promise<void> {
    const decoder = new TextDecoder();
    let open = '';
    let isCut = false;
    for await (const chunk of stream) {
      const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split(/\r?\n/);
      const whole = more.length === 0 ? [] : [isCut ? undefined : open + first, ...more.slice(0, -1)];
      if (more.length > 0) {
        open = more.at(-1) ?? '';
        isCut = false;
      } else if (!isCut) open += first;
      const lines = whole.filter((line) => line !== undefined);
      // Long enough that no secret which begins in the part that is kept is cut in two before it is hidden.
      if (open.length > lineChars + this.#redact.longest) {
        lines.push(open);
        open = '';
        isCut = true;
      }
      if (lines.length > 0) await this.#write(lines);
    }
    if (open !== '') await this.#write([open]);
  }

  #write(texts: readonly string[]): Promise<void> {
    const lines = texts.map((text) => cut(this.#redact(text)));
    this.#last = [...this.#last, ...lines].slice(-keptLines);
    const time = new Date(this.#now()).toISOString();
    this.#turn = this.#turn.then(() => this.#append(lines.map((line) => `${time} ${line}\n`).join('')));
    return this.#turn;
  }

  /** A log that cannot be written, as on a full disk, is no reason for a plugin not to run. */
  async #append(text: string): Promise<void> {
    const path = join(this.#folder, fileName);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      this.#size ??= await sizeOf(path);
      if (this.#size > 0 && this.#size + Buffer.byteLength(text) > this.#limitBytes) {
        await rename(path, `${path}.1`);
        this.#size = 0;
      }
      await appendFile(path, text, { mode: 0o600 });
      this.#size += Buffer.byteLength(text);
    } catch {
      this.#size = undefined;
    }
  }
}

/** What is kept of a plugin's log, oldest line first. Empty where it never ran. */
export async function readPluginLog(folder: string): Promise<string> {
  const path = join(folder, fileName);
  const parts = await Promise.all([`${path}.1`, path].map((each) => readFile(each, 'utf8').catch(() => '')));
  return parts.join('');
}

function cut(line: string): string {
  return line.length <= lineChars ? line : `${line.slice(0, lineChars)} … cut`;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
