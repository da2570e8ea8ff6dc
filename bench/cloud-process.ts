/** A simulated AWS in a process of its own: `cloud.ts` starts it. Any message is answered with its CPU seconds so far. */
import { bigWorld } from '../src/demo/aws/accounts.ts';
import { startAwsCloud } from '../src/demo/aws/server.ts';
import { frozenNow } from './cloud.ts';

const [servers, latencyMs] = process.argv.slice(2).map(Number);
const cloud = await startAwsCloud({
  accounts: bigWorld(servers ?? 0),
  clock: () => frozenNow,
  faults: { latencyMs: latencyMs ?? 0 },
});

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuSeconds: (user + system) / 1e6 });
});
process.on('disconnect', () => process.exit());
process.send?.({ url: cloud.url });
