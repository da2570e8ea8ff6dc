import { z } from 'zod';
import { startCli } from './run-cli.ts';

const Operation = z.object({
  operation: z.string(),
  account: z.string(),
  region: z.string(),
  calls: z.number(),
  queries: z.number(),
});
export type Operation = z.infer<typeof Operation>;
const Stats = z.object({ operations: z.array(Operation) });

export interface DemoCloud {
  readonly url: string;
  /** What opens each of its accounts, as environment variables, in the order in which it prints them. */
  readonly accounts: readonly Readonly<Record<string, string>>[];
  /** What it was asked, from its start on. */
  stats(): Promise<readonly Operation[]>;
  stop(): Promise<void>;
}

/** `fleetgauge demo-cloud aws`, as a process of its own; the keys are those that it prints. */
export async function startDemoCloud(home: string, latencyMs = 0): Promise<DemoCloud> {
  const cloud = startCli(['demo-cloud', 'aws', '--port', '0', '--latency', String(latencyMs)], { home });
  await cloud.saw(/Then: fleetgauge scan/);
  const exports = cloud.stdout().match(/^ +export .*$/gm) ?? [];
  const accounts = exports.map((line) =>
    Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])),
  );
  const url = accounts[0]?.AWS_ENDPOINT_URL ?? '';
  return {
    url,
    accounts,
    stats: async () => Stats.parse(await (await fetch(`${url}/_sim/stats`)).json()).operations,
    stop: async () => {
      await cloud.stop();
    },
  };
}

/** What was asked between two readings, of one operation, by region. */
export function asked(
  operation: string,
  before: readonly Operation[],
  after: readonly Operation[],
): Map<string, { calls: number; queries: number }> {
  const earlier = new Map(before.map((row) => [`${row.operation} ${row.account} ${row.region}`, row]));
  return new Map(
    after
      .filter((row) => row.operation === operation)
      .map((row) => {
        const had = earlier.get(`${row.operation} ${row.account} ${row.region}`);
        return [row.region, { calls: row.calls - (had?.calls ?? 0), queries: row.queries - (had?.queries ?? 0) }];
      }),
  );
}
