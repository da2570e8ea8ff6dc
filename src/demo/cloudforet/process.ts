/**
 * A simulated platform of one generation in a process of its own, to be forked with its options as JSON. It sends
 * `{ endpoint, secretData }` when it listens, answers `stats` with what it was asked and what that cost, and ends at `stop` or
 * when its parent does.
 */
import { z } from 'zod';
import { makeFleet } from './inventory/make-fleet.ts';
import { syntheticSources } from './monitoring/synthetic-sources.ts';
import { startPlatformV1 } from './platform-v1.ts';
import { startPlatformV2 } from './platform-v2.ts';

const providers = z.array(z.enum(['aws', 'google_cloud', 'azure'])).nonempty();

const Options = z.strictObject({
  generation: z.enum(['v1', 'v2']),
  servers: z.number().int().min(0),
  providers: providers.default(['aws']),
  accountsPerProvider: z.number().int().min(1).default(1),
  regionsPerAccount: z.number().int().min(1).max(4).default(1),
  stoppedRate: z.number().min(0).max(1).default(0),
  /** What each call takes. */
  latencyMs: z.number().min(0).default(0),
  /** What each question to a data source takes, besides. */
  chunkLatencyMs: z.number().min(0).default(0),
  /** Holds the platform's time still, epoch milliseconds. */
  frozenAtMs: z.number().optional(),
});

/** `argv[2]` as JSON. */
export type ProcessOptions = z.input<typeof Options>;

const options = Options.parse(JSON.parse(process.argv[2] ?? ''));
const { generation, latencyMs, chunkLatencyMs, frozenAtMs } = options;
const start = { v1: startPlatformV1, v2: startPlatformV2 }[generation];
const fleet = makeFleet(options);
const platform = await start({
  ...fleet,
  dataSources: syntheticSources(fleet.servers, chunkLatencyMs),
  faults: { latencyMs },
  ...(frozenAtMs === undefined ? {} : { clock: () => frozenAtMs }),
});

process.on('message', (message) => {
  if (message === 'stop') process.disconnect();
  if (message !== 'stats') return;
  const { user, system } = process.cpuUsage();
  const { maxRSS } = process.resourceUsage();
  process.send?.({ stats: platform.stats(), cpuSeconds: (user + system) / 1e6, peakBytes: maxRSS * 1024 });
});
process.on('disconnect', () => void platform.close().then(() => process.exit()));
process.send?.({ endpoint: platform.endpoint, secretData: platform.secretData });
