/** Fills a store in a folder and serves a console, in a process of its own: `console.bench.ts` starts it. Sends its address. */
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
process.send?.({ url: server.url });

/** As the other benches have them; every seventh without an agent, and with the percentile that the list can be sorted by. */
function consoleRecord(index: number): InventoryRecord {
  const record = serverAt(index, 0);
  const { memory = {}, ...measured } = record.data.monitoring ?? {};
  const cpu = { utilization: { ...measured.cpu?.utilization, p95: ((index * 53) % 9901) / 100 } };
  const monitoring = { ...measured, cpu, ...(index % 7 === 0 ? {} : { memory }) };
  return { ...record, data: { ...record.data, monitoring } };
}
