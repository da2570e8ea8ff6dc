/**
 * Fills a store in a folder and serves a console, in a process of its own: `console.bench.ts` starts it. Sends its address. Told
 * `{ live: ms }` it begins a run, sends its number, says of it what a run says two hundred times a second, and sends how often it did.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { InventoryRecord } from '#model/record.ts';
import { knownTypes } from '#providers/registry.ts';
import { startServer } from '#server/start.ts';
import { openStore } from '#store/open.ts';
import { serverAt } from './store-records.ts';

const [folder = '', consoleFolder = '', rows = '100000'] = process.argv.slice(2);
const batch = 1000;

const store = await openStore({ folder });
for (let from = 0; from < Number(rows); from += batch) {
  const writes = Array.from({ length: Math.min(batch, Number(rows) - from) }, (_, offset) => ({
    record: consoleRecord(from + offset),
  }));
  await store.inventory.put(writes, Date.now());
}
const server = await startServer({
  store,
  types: await knownTypes(),
  consoleFolder,
  port: 0,
  demo: true,
  version: 'bench',
  now: Date.now,
});
process.on('disconnect', () => process.exit());
process.on('message', (message) => void live(z.object({ live: z.number() }).parse(message).live));
process.send?.({ url: server.url });

/** As the other benches have them; every seventh without an agent, and with the percentile that the list can be sorted by. */
function consoleRecord(index: number): InventoryRecord {
  const record = serverAt(index, 0);
  const { memory = {}, ...measured } = record.data.monitoring ?? {};
  const cpu = { utilization: { ...measured.cpu?.utilization, p95: ((index * 53) % 9901) / 100 } };
  const monitoring = { ...measured, cpu, ...(index % 7 === 0 ? {} : { memory }) };
  return { ...record, data: { ...record.data, monitoring } };
}

const regions = 20;
const serversPerRegion = 1000;
const turnMs = 100;

async function live(ms: number): Promise<void> {
  const cost = { calls: 0, metrics: 0, points: 0, usd: 0, usdAtMost: 0 };
  const { job, tasks } = await store.jobs.create(
    {
      demo: true,
      options: {},
      plan: {},
      planned: { ...cost, calls: 400 },
      ownerPid: process.pid,
      tasks: Array.from({ length: regions }, (_, index) => ({
        provider: 'aws',
        account: String(100_000_000_000 + index),
        region: 'eu-west-1',
        plannedServers: serversPerRegion,
      })),
    },
    Date.now(),
  );
  const claims = (await Promise.all(tasks.map(({ id }) => store.tasks.begin(id, 'bench', Date.now())))).filter(
    (claim) => claim !== undefined,
  );
  process.send?.({ job: job.id });
  const begun = Date.now();
  const end = begun + ms;
  let said = 0;
  for (let turn = 1; Date.now() < end; turn++) {
    for (const claim of claims) {
      await store.tasks.progress(claim, {
        doneServers: Math.min(serversPerRegion, turn),
        spent: { ...cost, calls: turn },
      });
      said++;
    }
    await store.jobs.heartbeat(job.id, Date.now());
    await delay(Math.max(0, begun + turn * turnMs - Date.now()));
  }
  for (const claim of claims) await store.tasks.end(claim, { state: 'SUCCESS' }, Date.now());
  const counts = { servers: 0, created: 0, updated: 0, unchanged: 0, failed: 0 };
  await store.jobs.finish(job.id, { state: 'SUCCESS', counts, spent: cost }, Date.now());
  process.send?.({ saidPerSecond: said / (ms / 1000) });
}
