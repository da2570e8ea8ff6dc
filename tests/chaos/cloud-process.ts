/** A simulated AWS in a process of its own: `simulated-cloud.ts` starts it. */
import { startAwsCloud } from '../../src/demo/aws/server.ts';
import { accountsOf } from './world.ts';

const [accounts = 0, latencyMs = 0, now = 0] = process.argv.slice(2).map(Number);
const cloud = await startAwsCloud({ accounts: accountsOf(accounts), clock: () => now, faults: { latencyMs } });

process.on('disconnect', () => process.exit());
process.send?.({ url: cloud.url });
