import { beforeEach, describe, expect, it } from 'vitest';
import { nameOf, presets } from '#rightsizing/policy.ts';
import type { RecordId } from '#store/inventory.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { server } from '#store/testing/servers.ts';
import { decide } from './decide.ts';
import { doesNothing, halfUsed, measure } from './fortnight.fixture.ts';
import { readPolicy, writePolicy } from './policy.ts';
import { type Review, type ReviewContext, reviewServers } from './review.ts';
import { tally } from './tally.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const day = 86_400_000;

let store: Store;
let context: ReviewContext;
let ids: {
  readonly big: RecordId;
  readonly idle: RecordId;
  readonly unmeasured: RecordId;
  readonly database: RecordId;
};

const databases = {
  provider: 'aws',
  types: [{ id: 'rds_instance', label: 'RDS instance', group: 'RDS', type: 'Instance', metrics: [] }],
};

beforeEach(async () => {
  store = await openTestStore();
  context = { store, policy: presets.standard, types: [databases], now };
  const [big = 0, idle = 0, unmeasured = 0, database = 0] = await store.inventory.put(
    [
      server('big', { instance_type: 'm6g.2xlarge' }),
      server('idle'),
      server('unmeasured'),
      server('database', { cloud_service_group: 'RDS', instance_type: 'db.m6g.large' }),
    ].map((record) => ({ record })),
    now,
  );
  ids = { big, idle, unmeasured, database };
  await measure(store, big, halfUsed, now);
  await measure(store, idle, doesNothing, now);
});

async function reviewed(at = now): Promise<ReadonlyMap<RecordId, Review>> {
  const pages = await Array.fromAsync(reviewServers({ ...context, now: at }));
  return new Map(pages.flat().map((review) => [review.stored.id, review]));
}

describe('a review', () => {
  it('rates all servers, and nothing else', async () => {
    const reviews = await reviewed();
    expect([...reviews].map(([id, { verdict, state }]) => [id, verdict.class, state])).toEqual([
      [ids.big, 'oversized', 'open'],
      [ids.idle, 'idle', 'open'],
      [ids.unmeasured, 'not_enough_data', null],
    ]);
    expect(reviews.get(ids.big)?.verdict).toMatchObject({ suggestion: { size: { name: 'm6g.xlarge' } } });
  });

  it('sums up, and says of how many no price is known', async () => {
    const sum = await tally(reviewServers(context));
    expect(sum).toMatchObject({
      servers: 3,
      classes: {
        oversized: { servers: 1, unpriced: 0 },
        // The price of its family is known of us-east-1 alone.
        idle: { servers: 1, savingsUsd: 0, unpriced: 1 },
        not_enough_data: { servers: 1, savingsUsd: 0, unpriced: 0 },
      },
      states: { open: 2, dismissed: 0 },
    });
    // m6g.2xlarge and m6g.xlarge in eu-west-1, as listed there.
    expect(sum.classes.oversized.savingsUsd).toBeCloseTo(14 * 24 * (0.344 - 0.172), 2);
  });

  it('counts what was dismissed, and saves nothing by it', async () => {
    await decide(context, [ids.big, ids.idle], { state: 'dismissed', note: 'a standby' }, 'ann');
    const { classes, states } = await tally(reviewServers(context));
    expect(classes).toMatchObject({ oversized: { servers: 1, savingsUsd: 0 }, idle: { servers: 1, unpriced: 0 } });
    expect(states).toMatchObject({ open: 0, dismissed: 2 });
  });

  it('goes by the policy that was chosen', async () => {
    expect(nameOf(await readPolicy(store.settings))).toBe('standard');
    await writePolicy(store.settings, { ...presets.bold, cpuHeadroom: 0.05 });
    expect(nameOf(await readPolicy(store.settings))).toBe('custom');
    context = { ...context, policy: { ...presets.standard, idleCpuPercent: 1 } };
    expect((await reviewed()).get(ids.idle)?.verdict.class).toBe('oversized');
  });
});

describe('a decision', () => {
  it('is verified once a later run saw the new size, with who accepted it', async () => {
    const [accepted] = await decide(context, [ids.big], { state: 'accepted' }, 'ann');
    expect(accepted).toMatchObject({ state: 'accepted', decision: { by: 'ann', at: now, target: 'm6g.xlarge' } });
    const resized = server('big', { instance_type: 'm6g.xlarge' });
    await store.inventory.put([{ id: ids.big, record: resized }], now + day);
    await measure(store, ids.big, { cpu: [28, 76], memory: [60, 68], network: [4e6, 9e6] }, now);
    expect((await reviewed(now + day)).get(ids.big)).toMatchObject({
      state: 'verified',
      decision: { state: 'verified', by: 'ann', at: now, verifiedAt: now + day },
    });
    expect((await store.rightsizing.decisions([ids.big])).get(ids.big)).toMatchObject({ verifiedAt: now + day });
  });

  it('to stop is verified once the server does not run', async () => {
    await decide(context, [ids.idle], { state: 'accepted' }, 'ann');
    expect((await reviewed()).get(ids.idle)?.state).toBe('accepted');
    const stopped = server('idle', { data: { compute: { instance_state: 'STOPPED' } } });
    await store.inventory.put([{ id: ids.idle, record: stopped }], now + day);
    expect((await reviewed(now + day)).get(ids.idle)?.state).toBe('verified');
  });

  it('to snooze ends with its time', async () => {
    const [snoozed] = await decide(context, [ids.idle], { state: 'snoozed', until: now + day / 2 }, 'ben');
    expect(snoozed?.state).toBe('snoozed');
    expect((await reviewed(now + day / 2)).get(ids.idle)?.state).toBe('open');
  });

  it('is of one verdict, and says nothing of the next one', async () => {
    await decide(context, [ids.idle], { state: 'dismissed', note: 'a standby' }, 'ben');
    expect((await reviewed()).get(ids.idle)?.state).toBe('dismissed');
    await measure(store, ids.idle, { cpu: [80, 99], network: [1e6, 2e6] }, now);
    expect((await reviewed()).get(ids.idle)).toMatchObject({ state: 'open', verdict: { class: 'hot' } });
  });

  it('can be taken back, with who did', async () => {
    await decide(context, [ids.idle], { state: 'dismissed', note: 'a standby' }, 'ben');
    const [open] = await decide(context, [ids.idle], { state: 'open' }, 'ann');
    expect(open).toMatchObject({ state: 'open', decision: { state: 'open', by: 'ann' } });
  });

  it.each<{ name: string; of: keyof typeof ids; resolution: Parameters<typeof decide>[2]; code: string }>([
    { name: 'what nothing was said of', of: 'unmeasured', resolution: { state: 'accepted' }, code: 'conflict' },
    { name: 'a time that has passed', of: 'idle', resolution: { state: 'snoozed', until: now }, code: 'invalid_input' },
  ])('is not made on $name, nor on others along with it', async ({ of, resolution, code }) => {
    await expect(decide(context, [ids.big, ids[of]], resolution, 'ann')).rejects.toMatchObject({ code });
    expect(await store.rightsizing.decisions(Object.values(ids))).toEqual(new Map());
  });

  it('is not made on a server that is gone', async () => {
    await expect(decide(context, [ids.big, 99], { state: 'accepted' }, 'ann')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
