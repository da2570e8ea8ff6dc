import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface RunOptions {
  readonly stdin?: string;
  readonly cwd?: string;
  /** All of its environment; that of the test where absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** @returns what the program says on stdout @throws Error with what it says on stderr where it fails */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { stdin = '', cwd, env = process.env } = options;
  const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  child.stdin.on('error', () => {}).end(stdin);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
