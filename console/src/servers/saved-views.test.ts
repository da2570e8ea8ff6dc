import { expect, it } from 'vitest';
import { viewsOf } from './saved-views.ts';

it('reads views that were saved, and nothing that is none', () => {
  const mine = { q: 'cpu:<5', sort: '-cpu.avg', view: 'map', cols: 'name,state' };
  expect(viewsOf([['mine', mine], ['', {}], ['x', null], 'y', ['bad', { view: 'pie', q: 5, peek: 'x' }]])).toEqual([
    { name: 'mine', search: mine },
    { name: 'bad', search: {} },
  ]);
  expect(viewsOf({ mine })).toEqual([]);
});
