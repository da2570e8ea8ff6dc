import { afterEach, expect, it, vi } from 'vitest';
import { removeView, savedViews, saveView, viewsOf } from './saved-views.ts';

afterEach(() => vi.unstubAllGlobals());

it('reads views that were saved, and nothing that is none', () => {
  const mine = { q: 'cpu:<5', sort: '-cpu.avg', view: 'map', cols: 'name,state' };
  expect(viewsOf([['mine', mine], ['', {}], ['x', null], 'y', ['bad', { view: 'pie', q: 5, peek: 'x' }]])).toEqual([
    { name: 'mine', search: mine },
    { name: 'bad', search: {} },
  ]);
  expect(viewsOf({ mine })).toEqual([]);
});

it('keeps all views of a page that can read the storage and not write to it', () => {
  vi.stubGlobal('localStorage', {
    getItem: () => null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  });
  for (const name of ['one', 'other']) saveView({ name, search: {} });
  expect(savedViews().map(({ name }) => name)).toEqual(['one', 'other']);
  removeView('one');
  expect(savedViews().map(({ name }) => name)).toEqual(['other']);
  removeView('other');
  expect(savedViews()).toEqual([]);
});
