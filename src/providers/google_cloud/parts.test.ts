import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternOf } from './endings.ts';
import { endingIn } from './held.ts';
import { inParts } from './parts.ts';
import type { GoogleResource, Part } from './resource.ts';
import { fleets, serverOf, zonePages } from './testing-servers.fixture.ts';

function holds(part: Part, { account, series: [name] }: GoogleResource): boolean {
  return (
    (part.project === undefined || part.project === account) &&
    (part.endings === undefined || new RegExp(`^(?:${patternOf(part.endings)})$`).test(name?.id ?? ''))
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
          const part: Part = first?.part ?? {};
          const byZone = Map.groupBy(members, ({ zone = '' }) => zone);
          expect(part.held).toEqual(Object.fromEntries([...byZone].map(([zone, own]) => [zone, own.length])));
          expect(members.every((each) => each.part === part)).toBe(true);
          expect(members.map(({ id }) => id).toSorted()).toEqual(
            servers
              .filter((each) => holds(part, each))
              .map(({ id }) => id)
              .toSorted(),
          );
          if (members.length > size) expect(new Set(members.map(endingIn)).size).toBe(1);
        }
      }),
    );
  });

  it('are as few as they can be, and about equally large', async () => {
    const servers = Array.from({ length: 35 }, (_, n) =>
      serverOf(`${1000 + n * 17}`, { zone: `us-central1-${n % 3}` }),
    );
    const partsAt = (size: number) => Array.fromAsync(inParts(zonePages(servers), false, size));
    expect((await partsAt(35)).map(([first]) => first?.part.endings)).toEqual([undefined]);
    for (const { size, lengths } of [
      { size: 34, lengths: [18, 17] },
      { size: 12, lengths: [12, 12, 11] },
      { size: 7, lengths: [7, 7, 7, 7, 7] },
    ])
      expect((await partsAt(size)).map(({ length }) => length)).toEqual(lengths);
  });

  it('are as they were found, also where so many had to wait that they were packed', async () => {
    const servers = Array.from({ length: 2000 }, (_, n) => ({
      ...serverOf(`${1000 + n * 17}`),
      tags: { team: 'Büro 한국', 'a.b': '"' },
    }));
    const parts = await Array.fromAsync(inParts(zonePages(servers), false, 300));
    const byId = new Map(servers.map((each) => [each.id, each]));
    expect(parts.flat()).toHaveLength(servers.length);
    for (const { part, ...found } of parts.flat()) expect({ ...found, part: {} }).toEqual(byId.get(found.id));
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
