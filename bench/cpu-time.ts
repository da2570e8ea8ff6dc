import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ticksPerSecond = 100;

/**
 * Seconds of processor that the cluster in this folder has used so far, its backends among it, as Linux tells it: the figure that
 * others on the machine change least.
 */
export function cpuSecondsOf(folder: string): number {
  const [server = ''] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n');
  let ticks = 0;
  for (const pid of readdirSync('/proc')) {
    const [, parent, user = 0, system = 0, userOfEnded = 0, systemOfEnded = 0] = statOf(pid);
    if (pid === server) ticks += user + system + userOfEnded + systemOfEnded;
    else if (String(parent) === server) ticks += user + system;
  }
  return ticks / ticksPerSecond;
}

/** State, parent and the times of a process; empty where it is none, or is gone. */
function statOf(pid: string): number[] {
  if (!/^\d+$/.test(pid)) return [];
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name comes first, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [0, 1, 11, 12, 13, 14].map((at) => Number(fields[at]));
  } catch {
    return [];
  }
}
