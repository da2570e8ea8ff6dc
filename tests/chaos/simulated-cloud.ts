import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

const Started = z.object({ url: z.url() });

const Row = z.object({
  operation: z.string(),
  account: z.string(),
  region: z.string(),
  calls: z.number(),
  throttled: z.number(),
  queries: z.number(),
});
type Row = z.infer<typeof Row>;
const Stats = z.object({ operations: z.array(Row) });

export interface SimulatedCloud {
  readonly url: string;
  /** What it was asked, from its start on: of one operation. */
  asked(operation: string): Promise<readonly Row[]>;
  /** From now on, each answer takes this long. */
  answersIn(latencyMs: number): Promise<void>;
  stop(): void;
}

export interface CloudOptions {
  /** As many as `accountsOf` makes. */
  readonly accounts: number;
  readonly latencyMs: number;
}

/** A simulated AWS in a process of its own. Its world stands still, so that every reading finds the same. */
export async function startSimulatedCloud({ accounts, latencyMs }: CloudOptions): Promise<SimulatedCloud> {
  const args = [accounts, latencyMs, Date.now()].map(String);
  const child = fork(new URL('cloud-process.ts', import.meta.url), args);
  const [message] = await once(child, 'message');
  const { url } = Started.parse(message);
  return {
    url,
    asked: async (operation) => {
      const { operations } = Stats.parse(await (await fetch(`${url}/_sim/stats`)).json());
      return operations.filter((row) => row.operation === operation);
    },
    answersIn: async (each) => {
      const isDone = once(child, 'message');
      child.send({ latencyMs: each });
      await isDone;
    },
    stop: () => child.disconnect(),
  };
}
