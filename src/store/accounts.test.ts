import { describe, expect, it } from 'vitest';
import { noCost } from '#model/fleet.ts';
import type { JobDraft } from './jobs.ts';
import { openTestStore } from './testing/open-test-store.ts';

const draft = { provider: 'aws', account: '123', name: 'prod', regions: ['eu-west-1'] };
const sealed = (id: number) => Uint8Array.of(id, 255);

describe('accounts', () => {
  it('keeps an account, its sealed secret apart', async () => {
    const { accounts } = await openTestStore();
    const added = await accounts.add(draft, sealed, 1000);
    expect(added).toEqual({ ...draft, id: 1, createdAt: 1000, status: { state: 'UNKNOWN' } });
    expect(await accounts.get('prod')).toEqual(added);
    expect(await accounts.get(1)).toEqual(added);
    expect(await accounts.sealedSecret(1)).toEqual(Uint8Array.of(1, 255));
  });

  it('notes uses and how they went', async () => {
    const { accounts } = await openTestStore();
    const { id } = await accounts.add(draft, sealed, 1000);
    const status = { state: 'FAILED', at: 2, error: { code: 'secret_rejected', message: 'no' } } as const;
    await accounts.touch(id, 2000);
    await accounts.updateStatus(id, status);
    expect(await accounts.list()).toMatchObject([{ name: 'prod', lastUsedAt: 2000, status }]);
  });

  it('refuses a name twice, and knows when one is gone', async () => {
    const { accounts } = await openTestStore();
    const { id } = await accounts.add(draft, sealed, 1);
    await expect(accounts.add(draft, sealed, 1)).rejects.toMatchObject({
      code: 'conflict',
      fix: 'Choose another name.',
    });
    await accounts.remove(id);
    const lookups = [accounts.remove(id), accounts.get('prod'), accounts.sealedSecret(id), accounts.touch(id, 1)];
    await Promise.all(lookups.map((gone) => expect(gone).rejects.toMatchObject({ code: 'not_found' })));
  });

  it('never gives an id twice', async () => {
    const { accounts } = await openTestStore();
    const { id } = await accounts.add(draft, sealed, 1);
    await accounts.remove(id);
    expect((await accounts.add(draft, sealed, 1)).id).toBe(id + 1);
  });

  it('finds the jobs that have a task of an account, newest first, in however many others', async () => {
    const { accounts, jobs } = await openTestStore();
    const [prod, lab] = await Promise.all(
      ['prod', 'lab'].map((name) => accounts.add({ ...draft, name }, sealed, 1000)),
    );
    if (prod === undefined || lab === undefined) throw new Error('two accounts were added');
    const { id: first } = (await jobs.create(jobOf('prod', '1', '2'), 1000)).job;
    const { id: second } = (await jobs.create({ ...jobOf('prod', '1'), options: { servers: [1] } }, 2000)).job;
    for (let at = 0; at < 60; at += 1) await jobs.create(jobOf('other', '3'), 3000);
    expect(await accounts.lastJobs([prod, lab])).toEqual(new Map([[prod.id, second]]));
    expect(await accounts.lastJobs([])).toEqual(new Map());
    expect((await accounts.jobs(prod, 10)).map(({ id }) => id)).toEqual([second, first]);
    expect((await accounts.jobs(prod, 1)).map(({ id }) => id)).toEqual([second]);
    expect(await accounts.jobs(lab, 10)).toEqual([]);
    expect(await accounts.opened(prod, first, 10)).toEqual(['1', '2']);
    expect(await accounts.opened(prod, first, 1)).toEqual(['1']);
    expect(await accounts.opened(lab, first, 10)).toEqual([]);
  });

  it('takes no job of an account for one of another that is called as it was', async () => {
    const { accounts, jobs } = await openTestStore();
    const gone = await accounts.add(draft, sealed, 1000);
    await jobs.create(jobOf('prod', '1'), 2000);
    await accounts.remove(gone.id);
    const prod = await accounts.add(draft, sealed, 3000);
    expect(await accounts.lastJobs([prod])).toEqual(new Map());
    expect(await accounts.jobs(prod, 10)).toEqual([]);
    const { job } = await jobs.create(jobOf('prod', '1'), 4000);
    expect(await accounts.lastJobs([prod])).toEqual(new Map([[prod.id, job.id]]));
    expect((await accounts.jobs(prod, 10)).map(({ id }) => id)).toEqual([job.id]);
  });
});

/** That reads these accounts of the cloud by a saved one, each in two regions. */
function jobOf(source: string, ...read: readonly string[]): JobDraft {
  const tasks = read.flatMap((account) =>
    ['eu-west-1', 'us-east-1'].map((region) => ({ provider: 'aws', account, region, plannedServers: 1, source })),
  );
  return { demo: false, options: {}, plan: null, planned: noCost, ownerPid: 1, tasks };
}
