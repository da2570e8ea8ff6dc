import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scramble, unscramble } from '../fleet/hash.ts';
import { stateAt } from '../fleet/life.ts';
import { bigWorld, demoAccounts } from './accounts.ts';
import { idOf, readId } from './cell.ts';
import { profiles } from './profiles.ts';
import { findRegion } from './regions.ts';
import { day, testNow } from './sdk-clients.fixture.ts';
import { findServer, findServerByHost, makeWorld, serverAt } from './world.ts';

const world = makeWorld(demoAccounts, 1, testNow);
const servers = world.cells.flatMap((cell) => Array.from({ length: cell.count }, (_, index) => serverAt(cell, index)));

describe('the demo world', () => {
  it('has 1,200 servers in six regions', () => {
    expect(servers).toHaveLength(1200);
    expect(new Set(world.cells.map(({ region }) => region.code)).size).toBe(6);
  });

  it('has no id, volume, host or name twice', () => {
    expect(new Set(servers.map(({ id }) => id)).size).toBe(1200);
    const volumes = servers.flatMap(({ volumeIds }) => volumeIds);
    expect(new Set(volumes).size).toBe(volumes.length);
    expect(new Set(servers.map(({ cell, name }) => `${cell.account.id} ${name}`)).size).toBe(1200);
  });

  it('has every group, kind of agent and kind of hypervisor', () => {
    expect(new Set(servers.map(({ profile }) => profile.name))).toEqual(new Set(profiles.map(({ name }) => name)));
    expect(new Set(servers.map(({ type }) => type.hypervisor))).toEqual(new Set(['nitro', 'xen', 'none']));
    const dimensionSets = servers.flatMap(({ agent }) =>
      agent.map(({ dimensions }) => dimensions.map(({ name }) => name).join()),
    );
    expect(new Set(dimensionSets).size).toBe(4);
    expect(servers.some(({ agent }) => agent.length === 2)).toBe(true);
  });

  it('lacks the memory agent on about 59 % of servers', () => {
    const share = servers.filter(({ agent }) => agent.length === 0).length / servers.length;
    expect(share).toBeGreaterThan(0.54);
    expect(share).toBeLessThan(0.64);
  });

  it('is another world with another seed, and the same with the same', () => {
    const ids = (seed: number) =>
      makeWorld(demoAccounts, seed, testNow)
        .cells.map((cell) => serverAt(cell, 0))
        .map(({ id, type }) => `${id} ${type.name}`);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(2)).not.toEqual(ids(1));
  });
});

describe('ids', () => {
  const [cell, other] = world.cells;
  if (cell === undefined || other === undefined) throw new Error('the demo world has too few cells');

  it('scramble one to one', () =>
    fc.assert(
      fc.property(fc.integer(), fc.nat(0xffffffff), (key, n) => {
        expect(unscramble(key, scramble(key, n))).toBe(n);
      }),
    ));

  it('lead back to the server, in its own cell only', () =>
    fc.assert(
      fc.property(fc.nat(cell.count - 1), (index) => {
        const server = serverAt(cell, index);
        expect(server.id).toMatch(/^i-0[0-9a-f]{16}$/);
        expect(findServer(cell, server.id)?.index).toBe(index);
        expect(findServer(other, server.id)).toBeUndefined();
        expect(findServerByHost(cell, server.hostName)?.index).toBe(index);
      }),
    ));

  it('are read back for no other text', () => {
    expect(readId(cell, 'vol', idOf(cell, 'i', 3))).toBeUndefined();
    expect(readId(cell, 'i', 'i-0123456789abcdef0')).toBeUndefined();
    expect(readId(cell, 'i', 'nonsense')).toBeUndefined();
  });
});

describe('stateAt', () => {
  it('never launches after now, and never stops before launching', () =>
    fc.assert(
      fc.property(fc.constantFrom(...servers), fc.integer({ min: -20 * day, max: 20 * day }), ({ life }, shift) => {
        const state = stateAt(life, testNow + shift);
        if (state === undefined) return;
        expect(state.launchedAt).toBeLessThanOrEqual(testNow + shift);
        expect(state.stoppedAt ?? testNow + shift).toBeGreaterThanOrEqual(state.launchedAt);
        expect(state.stoppedAt !== undefined).toBe(state.name !== 'running');
      }),
    ));

  it.each([
    { name: 'Wednesday noon', at: [18, 12], state: 'running', launched: [18, 8] },
    { name: 'Wednesday 07:55', at: [18, 7.9], state: 'stopped', launched: [17, 8] },
    { name: 'Wednesday 19:00', at: [18, 19], state: 'stopped', launched: [18, 8] },
    { name: 'Sunday', at: [22, 12], state: 'stopped', launched: [20, 8] },
  ])('turns a dev box on and off: $name', ({ at, state, launched }) => {
    const utc = ([date = 0, hour = 0]: number[]) => Date.UTC(2026, 10, date, hour) / 1000;
    const region = findRegion('eu-west-1');
    const box = servers.find(({ cell, profile }) => cell.region === region && profile.life === 'weekdays');
    if (box === undefined) throw new Error('no dev box in eu-west-1');
    const [date = 0, hour = 0] = at;
    expect(stateAt(box.life, utc([date]) + hour * 3600)).toMatchObject({ name: state, launchedAt: utc(launched) });
  });
});

describe('bigWorld', () => {
  it('deals its servers to the regions', () => {
    expect(bigWorld(10, ['us-east-1', 'eu-west-1', 'us-west-2'])[0].regions).toEqual({
      'us-east-1': 4,
      'eu-west-1': 3,
      'us-west-2': 3,
    });
  });
});
