/** A simulated AWS in a process of its own: `simulated-cloud.ts` starts it. A message says how long each answer takes from now on. */
import { z } from 'zod';
import { startAwsCloud } from '../../src/demo/aws/server.ts';
import { accountsOf } from './world.ts';

const Latency = z.object({ latencyMs: z.number() });

const [accounts = 0, latencyMs = 0, now = 0] = process.argv.slice(2).map(Number);
const cloud = await startAwsCloud({ accounts: accountsOf(accounts), clock: () => now, faults: { latencyMs } });

process.on('message', (message) => {
  cloud.faults.set(Latency.parse(message));
  process.send?.('done');
});
process.on('disconnect', () => process.exit());
process.send?.({ url: cloud.url });
