/**
 * The collector in a process of its own, so that memory is that of one size alone: `platform.ts` starts it. Sends its port, then
 * answers any message with what it has spent.
 */
import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import { collectorServices } from '../src/plugins/collector/service.ts';

const generation: Generation = process.argv[2] === 'v1' ? 'v1' : 'v2';
const { port } = await serve({
  generation,
  services: collectorServices(generation),
  version: '0',
  host: '127.0.0.1',
  port: 0,
  signal: new AbortController().signal,
  onError: (error) => console.error(error),
});

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuSeconds: (user + system) / 1e6, peakRssMiB: process.resourceUsage().maxRSS / 1024 });
});
process.on('disconnect', () => process.exit());
process.send?.({ port });
