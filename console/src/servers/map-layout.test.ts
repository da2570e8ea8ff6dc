import { describe, expect, it } from 'vitest';
import { layMap, nextTile } from './map-layout.ts';
import { toneOfValue } from './map-tone.ts';

const tile = (name: string, vcpus: number, unsized = 0) => ({
  id: null,
  name,
  servers: 1,
  measured: 1,
  value: 1,
  vcpus,
  unsized,
});
const groups = [
  { account: 'pay', region: 'eu', tiles: [tile('a', 8), tile('b', 2)] },
  { account: 'pay', region: 'us', tiles: [tile('c', 0, 4)] },
  { account: 'core', region: 'eu', tiles: [tile('d', 16)] },
];
const whole = { x: 0, y: 0, width: 900, height: 600 };

describe('the map', () => {
  const { tiles, headings } = layMap({ groups, level: 'server' }, whole);
  const named = (name: string) => tiles.find((each) => each.tile.name === name);

  it('lays every tile, larger where there are more vCPUs', () => {
    expect(tiles.map((each) => each.tile.name)).toEqual(['a', 'b', 'c', 'd']);
    const area = (name: string) => (named(name)?.width ?? 0) * (named(name)?.height ?? 0);
    expect(area('d')).toBeGreaterThan(area('a'));
    expect(area('a') / area('b')).toBeCloseTo(4);
    expect(area('c')).toBeGreaterThan(area('b'));
  });

  it('names accounts and their regions over them', () => {
    expect(headings.map(({ kind, text }) => `${kind} ${text}`).toSorted()).toEqual([
      'account core',
      'account pay',
      'region eu',
      'region eu',
      'region us',
    ]);
  });

  it('is walked through by keys', () => {
    const [first] = tiles;
    if (first === undefined) throw new Error('there is no tile');
    expect(nextTile(tiles, first, 'End')?.tile.name).toBe('d');
    expect(nextTile(tiles, first, 'q')).toBeUndefined();
    const reached = new Set(
      ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp'].map((key) => nextTile(tiles, first, key)?.tile.name),
    );
    expect(reached.size).toBeGreaterThan(1);
  });
});

it.each([
  { value: null, want: 0 },
  { value: 0, want: 1 },
  { value: 9.99, want: 1 },
  { value: 10, want: 2 },
  { value: 75, want: 5 },
  { value: 130, want: 5 },
])('$value has the colour $want', ({ value, want }) => {
  expect(toneOfValue(value)).toBe(want);
});
