import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { lockServer, runningServer } from './lock.ts';
import { openStore, storeFile } from './open.ts';
import { DatabaseFile } from './sqlite/database-file.ts';
import { startChild } from './testing/child.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const writeBatches = new URL('testing/write-batches.ts', import.meta.url);
const holdLock = new URL('testing/hold-lock.ts', import.meta.url);
const recordsPerBatch = 20;

/** Every batch whole or not at all: which ones there are, of one writer. */
async function batchesIn(folder: string, writer: string): Promise<Set<number>> {
  const store = await openStore({ folder });
  const counts = new Map<number, number>();
  for await (const page of store.inventory.stream({ search: `${writer}-` })) {
    const days = await store.history.read(
      page.map((row) => row.id),
      { from: 0, to: 1_000_000 },
    );
    for (const { id, record } of page) {
      const batch = Number(record.reference.resource_id.split('-')[1]);
      expect([...(days.get(id)?.keys() ?? [])]).toEqual([batch]);
      counts.set(batch, (counts.get(batch) ?? 0) + 1);
    }
  }
  await store.close();
  for (const count of counts.values()) expect(count).toBe(recordsPerBatch);
  return new Set(counts.keys());
}

describe('store and processes', () => {
  it('keeps all that was acknowledged when its process is killed', async () => {
    const folder = await temporaryFolder();
    const acknowledged: number[] = [];
    let first = 0;
    for (let round = 0; round < 10; round++) {
      const child = startChild(writeBatches, folder, 'w', String(first));
      await child.nextLine();
      await delay(Math.random() * 120);
      child.process.kill('SIGKILL');
      expect(await child.ended).toBeNull();
      acknowledged.push(...child.lines.map(Number));
      first = Math.max(...acknowledged) + 1000;
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(10);
    const found = await batchesIn(folder, 'w');
    expect(acknowledged.filter((batch) => !found.has(batch))).toEqual([]);
    const file = await DatabaseFile.open(`${folder}/${storeFile}`);
    expect(file.prepare('PRAGMA integrity_check').all([])).toEqual([{ integrity_check: 'ok' }]);
    file.close();
  }, 120_000);

  it('lets processes start at once on a new folder and write at once, and loses nothing', async () => {
    const folder = await temporaryFolder();
    const writers = ['a', 'b', 'c'].map((name) => startChild(writeBatches, folder, name, '0', '40'));
    const store = await openStore({ folder });
    const ids = await Promise.all(
      Array.from({ length: 40 }, () =>
        store.jobs.create(
          {
            demo: false,
            options: {},
            plan: {},
            planned: { calls: 0, metrics: 0, points: 0, usd: 0, usdAtMost: 0 },
            ownerPid: process.pid,
            tasks: [],
          },
          1,
        ),
      ),
    );
    expect(new Set(ids.map(({ job }) => job.id)).size).toBe(40);
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([0, 0, 0]);
    await store.close();
    for (const name of ['a', 'b', 'c']) expect((await batchesIn(folder, name)).size).toBe(40);
  }, 120_000);

  it('has one server a folder, until it is killed', async () => {
    const folder = await temporaryFolder();
    expect(await runningServer(folder)).toBeUndefined();
    const child = startChild(holdLock, folder, 'http://localhost:8080');
    await child.nextLine();
    const { pid } = child.process;

    expect(await runningServer(folder)).toMatchObject({ pid, url: 'http://localhost:8080' });
    await expect(lockServer(folder, { url: 'http://localhost:9' })).rejects.toMatchObject({
      code: 'conflict',
      message: `another fleetgauge server (pid ${pid}, http://localhost:8080) uses this data folder`,
      fix: expect.stringContaining('http://localhost:8080'),
    });
    const store = await openStore({ folder });
    expect(await store.inventory.count()).toBe(0);
    await store.close();

    child.process.kill('SIGKILL');
    await child.ended;
    expect(await runningServer(folder)).toBeUndefined();
    const lock = await lockServer(folder, { url: 'http://localhost:9' });
    await lock.announce('http://localhost:10');
    expect(await runningServer(folder)).toMatchObject({ pid: process.pid, url: 'http://localhost:10' });
    await lock.release();
    expect(await runningServer(folder)).toBeUndefined();
  });
});
