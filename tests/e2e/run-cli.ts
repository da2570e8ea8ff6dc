import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  stdout(): string;
  stderr(): string;
  /** Waits until the pattern is on stdout or stderr. @throws Error where the process ends before, or after `timeoutMs` */
  saw(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  /** SIGTERM, then SIGKILL; resolves when the process is gone. */
  stop(): Promise<CliResult>;
}

export interface CliOptions {
  /** All of its environment but PATH; the user's own AWS settings never reach a test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its home folder, where `~/.aws` would be. */
  readonly home: string;
  readonly stdin?: string;
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts the command line as users have it: a process of its own, without a terminal. */
export function startCli(args: readonly string[], options: CliOptions): RunningCli {
  return startProcess(process.execPath, [main, ...args], options);
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).ended;
}

/** Any process, watched in the same way and never left behind. */
export function startProcess(command: string, args: readonly string[], options: CliOptions): RunningCli {
  const { env = {}, home, stdin } = options;
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: home, AWS_EC2_METADATA_DISABLED: 'true', NO_COLOR: '1', ...env },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  alive.add(child);
  child.stdin?.end(stdin);
  const heard = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      heard[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      alive.delete(child);
      resolve({ code, signal, ...heard });
    });
  });
  return {
    child,
    ended,
    stdout: () => heard.stdout,
    stderr: () => heard.stderr,
    saw: (pattern, timeoutMs = 150_000) =>
      new Promise((resolve, reject) => {
        const done = (settle: () => void): void => {
          clearTimeout(timer);
          listeners.delete(look);
          settle();
        };
        const story = (why: string) =>
          new Error(`${args.join(' ')}: ${why} before ${pattern}\n${heard.stdout}\n${heard.stderr}`);
        const look = (): void => {
          const found = heard.stderr.match(pattern) ?? heard.stdout.match(pattern);
          if (found !== null) done(() => resolve(found));
        };
        const timer = setTimeout(() => done(() => reject(story(`${timeoutMs} ms passed`))), timeoutMs);
        ended.then(
          () => {
            look();
            done(() => reject(story('ended')));
          },
          (error: unknown) => done(() => reject(error)),
        );
        listeners.add(look);
        look();
      }),
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
      const result = await ended;
      clearTimeout(timer);
      return result;
    },
  };
}
