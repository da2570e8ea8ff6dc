import { type ChildProcess, fork } from 'node:child_process';
import { on } from 'node:events';
import { z } from 'zod';

/** The simulated world's time, epoch milliseconds: it stands still, so that every run asks and reads the same. */
export const frozenNow = Date.UTC(2026, 10, 18, 12);

/** As `startAwsCloud` has it where it is not told. */
export const worldSeed = 1;

export const benchRegion = 'us-east-1';
export const latencyMs = 50;

export interface BenchCloud {
  readonly url: string;
  /** Seconds of processor time that the simulation has taken so far. */
  cpuSeconds(): Promise<number>;
  stop(): void;
}

const Started = z.object({ url: z.url() });
const Spent = z.object({ cpuSeconds: z.number() });

/** Starts a simulated AWS with so many servers in one region, with AWS's quotas and 50 ms to every answer. */
export async function startBenchCloud(servers: number): Promise<BenchCloud> {
  const child = fork(new URL('cloud-process.ts', import.meta.url), [String(servers), String(latencyMs)]);
  const messages = messagesOf(child);
  const { url } = Started.parse(await nextOf(messages));
  return {
    url,
    cpuSeconds: async () => {
      child.send('cpu');
      return Spent.parse(await nextOf(messages)).cpuSeconds;
    },
    stop: () => child.disconnect(),
  };
}

/** What a process says until it ends, in order, also what comes while nobody waits for it. */
export async function* messagesOf(child: ChildProcess): AsyncGenerator<unknown> {
  for await (const [message] of on(child, 'message', { close: ['disconnect'] })) yield message;
}

/** The next message. @throws Error where the process ended instead */
async function nextOf(messages: AsyncGenerator<unknown>): Promise<unknown> {
  const { value, done } = await messages.next();
  if (done) throw new Error('the simulated AWS ended');
  return value;
}
