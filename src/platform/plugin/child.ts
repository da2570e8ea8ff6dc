import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { CollectError } from '#model/errors.ts';
import type { PluginLog } from './plugin-log.ts';

export interface ChildStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A process and all that it starts. */
export interface Child {
  readonly pid: number;
  /** How it ended: `exit code 1`, `signal SIGKILL`. All that it printed is in the log by then. */
  readonly ended: Promise<string>;
  /** SIGTERM to all of them, and SIGKILL to those that are left after the grace. Resolves when none is. */
  stop(graceMs: number): Promise<void>;
}

const lookMs = 50;
/** The dead stay in their group where nobody buries them, as in some containers. */
const longestLooks = 40;
/** What left the group may hold the pipes open. */
const pipesMs = 1_000;

/**
 * Starts a program in a process group of its own, so that whatever it starts can be ended with it. It ends with this process too,
 * unless that one is killed.
 *
 * @throws CollectError `not_found` where the program cannot be started
 */
export async function startChild({ command, args, cwd, env }: ChildStart, log: PluginLog): Promise<Child> {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const printed = Promise.all([log.take(child.stdout), log.take(child.stderr)].map((part) => part.catch(() => {})));
  await once(child, 'spawn').catch((cause: unknown) => {
    throw new CollectError('not_found', `the program cannot be started: ${reasonOf(cause)}`, {
      where: cwd === undefined ? command : `${command} in ${cwd}`,
      fix: 'give the path of a program that this user may run, and a folder that is there',
      cause,
    });
  });
  const pid = pidOf(child);
  const killAtExit = () => signalGroup(pid, 'SIGKILL');
  process.on('exit', killAtExit);
  const exited = exitOf(child);
  const ended = exited.then(async (how) => {
    process.off('exit', killAtExit);
    // What it left behind holds its pipes open, and maybe its port.
    signalGroup(pid, 'SIGKILL');
    const cut = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, pipesMs);
    await printed;
    clearTimeout(cut);
    return how;
  });
  return {
    pid,
    ended,
    async stop(graceMs) {
      signalGroup(pid, 'SIGTERM');
      const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      await ended;
      clearTimeout(kill);
      for (let looks = 0; looks < longestLooks && signalGroup(pid, 'SIGKILL'); looks++) await wait(lookMs);
    },
  };
}

async function exitOf(child: ChildProcess): Promise<string> {
  const [code, signal]: (number | string | null)[] = await once(child, 'exit');
  return signal === null || signal === undefined ? `exit code ${code}` : `signal ${signal}`;
}

/** @returns false where nobody of the group is left */
function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new CollectError('internal', 'a started process has no id');
  return pid;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
