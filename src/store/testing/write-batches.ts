/** Run as a process: writes batches of records with history, printing the number of each once it is acknowledged. */
import { openStore } from '../open.ts';
import { server } from './servers.ts';

const [folder = '', name = '', first = '0', count = '1000000'] = process.argv.slice(2);
const recordsPerBatch = 20;

const store = await openStore({ folder });
for (let batch = Number(first); batch < Number(first) + Number(count); batch++) {
  await store.transaction(async (tx) => {
    const writes = Array.from({ length: recordsPerBatch }, (_, index) => ({
      record: server(`${name}-${batch}-${index}`),
    }));
    const ids = await tx.inventory.put(writes, batch);
    const cell = { sum: batch, seconds: 86_400, max: 1 };
    await tx.history.write(
      ids.map((resourceId) => ({ resourceId, days: new Map([[batch, new Map([['cpu.utilization', cell]])]]) })),
    );
  });
  process.stdout.write(`${batch}\n`);
}
await store.close();
