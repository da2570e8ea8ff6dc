import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inParts } from './parts.ts';
import type { GoogleResource, Part } from './resource.ts';
import { fleets, serverOf, zonePages } from './testing-servers.fixture.ts';

function holds(part: Part, { account, zone, series: [name] }: GoogleResource): boolean {
  return (
    (part.project === undefined || part.project === account) &&
    (part.zone === undefined || part.zone === zone) &&
    (part.endings === undefined || part.endings.includes(name?.id.slice(-2).padStart(2, '0') ?? ''))
  );
}

describe('parts', () => {
  it('hold each server once, and all that they say they hold', async () => {
    await fc.assert(
      fc.asyncProperty(fleets(60), fc.integer({ min: 1, max: 12 }), fc.boolean(), async (fleet, size, scoped) => {
        const servers = scoped ? fleet : fleet.filter(({ account }) => account === 'a-project');
        const parts = await Array.fromAsync(inParts(zonePages(servers), scoped, size));
        expect(
          parts
            .flat()
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual(servers.map(({ id }) => id).toSorted());
        for (const members of parts) {
          const [first] = members;
          const part = first?.part ?? {};
          expect(members.every((each) => each.part === part)).toBe(true);
          expect(members.map(({ id }) => id).toSorted()).toEqual(
            servers
              .filter((each) => holds(part, each))
              .map(({ id }) => id)
              .toSorted(),
          );
          if (members.length > size) expect(part.endings).toHaveLength(1);
        }
      }),
    );
  });

  it('are as large as they can be: a project, or else its zones, or else parts of a zone', async () => {
    const zones = { small: 'us-central1-a', large: 'us-central1-b' };
    const servers = [
      ...Array.from({ length: 5 }, (_, n) => serverOf(`10${n}`, { zone: zones.small })),
      ...Array.from({ length: 30 }, (_, n) => serverOf(`2${String(n).padStart(2, '0')}`, { zone: zones.large })),
    ];
    const partsAt = async (size: number) =>
      (await Array.fromAsync(inParts(zonePages(servers), false, size))).map(([first]) => first?.part);
    expect(await partsAt(35)).toEqual([{}]);
    expect(await partsAt(34)).toEqual([{ zone: zones.small }, { zone: zones.large }]);
    const endings = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => String(from + n).padStart(2, '0'));
    expect(await partsAt(12)).toEqual([
      { zone: zones.small },
      { zone: zones.large, endings: endings(0, 12) },
      { zone: zones.large, endings: endings(12, 24) },
      { zone: zones.large, endings: endings(24, 30) },
    ]);
  });

  it('leave out what is apart, and yield that last', async () => {
    const alone = { ...serverOf('9'), part: { isApart: true } } as const;
    async function* pages() {
      yield [alone, serverOf('1')];
      yield [serverOf('2'), { ...alone, id: 'another' }];
      throw new Error('a zone could not be looked into');
    }
    const parts: GoogleResource[][] = [];
    const reading = (async () => {
      for await (const part of inParts(pages(), false)) parts.push(part);
    })();
    await expect(reading).rejects.toThrow('a zone could not be looked into');
    expect(parts.map((part) => part.map(({ id }) => id))).toEqual([
      [serverOf('1').id, serverOf('2').id],
      [alone.id, 'another'],
    ]);
  });

  it('come before the error that ended their discovery', async () => {
    async function* pages() {
      yield [serverOf('1'), serverOf('2')];
      throw new Error('a zone could not be looked into');
    }
    const parts: GoogleResource[][] = [];
    const reading = (async () => {
      for await (const part of inParts(pages(), false)) parts.push(part);
    })();
    await expect(reading).rejects.toThrow('a zone could not be looked into');
    expect(parts.flat()).toHaveLength(2);
  });
});
