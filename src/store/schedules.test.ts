import { expect, it } from 'vitest';
import { openTestStore } from './testing/open-test-store.ts';

const nightly = { name: 'nightly', times: { cron: '0 3 * * *' }, timeZone: 'Europe/Berlin', options: { days: 14 } };
const error = { code: 'secret_rejected', message: 'no' } as const;

it('keeps schedules by name', async () => {
  const { schedules } = await openTestStore();
  const added = await schedules.add(nightly, 1000);
  expect(added).toMatchObject({ ...nightly, createdAt: 1000, error: null });
  await schedules.add({ ...nightly, name: 'hourly', times: { hours: [0, 12] } }, 2000);
  expect((await schedules.list()).map(({ name, times }) => [name, times])).toEqual([
    ['hourly', { hours: [0, 12] }],
    ['nightly', { cron: '0 3 * * *' }],
  ]);
  await expect(schedules.add(nightly, 3000)).rejects.toMatchObject({ code: 'conflict' });
  await schedules.remove('nightly');
  await expect(schedules.remove('nightly')).rejects.toMatchObject({ code: 'not_found' });
});

it('gives a run to one process, until its lease is over', async () => {
  const { schedules } = await openTestStore();
  const schedule = await schedules.add(nightly, 1000);
  const leases = await Promise.all([1, 2, 3].map(() => schedules.lease(schedule, 5000, 2000)));
  expect(leases.filter(Boolean)).toHaveLength(1);
  expect(await schedules.lease(schedule, 6000, 2500, 5000)).toBe(true);
  expect(await schedules.lease(schedule, 9000, 6000)).toBe(false);
  expect(await schedules.lease(schedule, 9000, 6001)).toBe(true);
});

it('begins a run once', async () => {
  const { schedules } = await openTestStore();
  const schedule = await schedules.add(nightly, 1000);
  await schedules.lease(schedule, 5000, 2000);
  await schedules.ran(schedule, { error }, 3000);
  await expect(schedules.ran(schedule, { job: 7 }, 3500)).rejects.toMatchObject({ code: 'conflict' });
  expect(await schedules.lease(schedule, 9000, 8000)).toBe(false);
  const [failed] = await schedules.list();
  expect(failed).toMatchObject({ lastRunAt: 3000, error });
  if (failed === undefined) throw new Error('it is there');
  expect(await schedules.lease(failed, 9000, 4000)).toBe(true);
  await schedules.ran(failed, { job: 7 }, 4000);
  expect(await schedules.list()).toMatchObject([{ lastRunAt: 4000, lastJob: 7, error: null }]);
});

it('lets all processes agree on a setting', async () => {
  const { settings } = await openTestStore();
  const agreed = await Promise.all(['a', 'b', 'c'].map((value) => settings.agree('key', value)));
  expect(new Set(agreed).size).toBe(1);
  await settings.set('key', 'd');
  expect(await settings.get('key')).toBe('d');
  expect(await settings.get('other')).toBeUndefined();
});
