import { describe, expect, it } from 'vitest';
import { conditionOf, RecordQueryInput } from './parse.ts';

const now = Date.UTC(2026, 10, 22, 13, 30);
const parsed = (filter: object) => conditionOf(RecordQueryInput.parse({ filter: [filter] }), now);

describe('a filter', () => {
  it('takes long and short names alike', () => {
    expect(parsed({ k: 'a.b', v: 1, o: 'gt' })).toEqual(parsed({ key: 'a.b', value: 1, operator: 'gt' }));
  });

  it.each([
    ['now', now],
    ['now/d', Date.UTC(2026, 10, 22)],
    ['now/w', Date.UTC(2026, 10, 16)],
    ['now/m', Date.UTC(2026, 10, 1)],
    ['now-7d', now - 7 * 86_400_000],
    ['now/d + 2h', Date.UTC(2026, 10, 22, 2)],
    ['now - 1w', now - 7 * 86_400_000],
  ])('reads the moment %s', (text, moment) => {
    expect(parsed({ k: 'created_at', v: text, o: 'timediff_lt' })).toEqual({
      all: [{ path: ['created_at'], is: '<', value: moment }],
    });
  });

  it.each([
    [{ k: 'a', v: [1], o: 'eq' }, 'eq takes one value'],
    [{ k: 'a', v: 'x', o: 'in' }, 'in takes a list'],
    [{ k: 'a', v: {}, o: 'gt' }, 'gt takes a number or a text'],
    [{ k: 'a', v: '(', o: 'regex' }, 'regex takes a regular expression'],
    [{ k: 'a', v: 'x'.repeat(501), o: 'regex' }, 'regex takes a pattern of at most'],
    [{ k: 'a', v: 1, o: 'exists' }, 'exists takes true or false'],
    [{ k: 'a', v: 1, o: 'near' }, "there is no operator 'near'"],
    [{ k: 'a..b', v: 1 }, "'a..b' is no path"],
    [{ k: '', v: 1 }, "'' is no path"],
    [{ k: 'name', v: '2026-01-01', o: 'datetime_gt' }, 'datetime_gt works on created_at'],
    [{ k: 'created_at', v: 'yesterday', o: 'timediff_gt' }, 'timediff_gt takes now'],
    [{ k: 'created_at', v: 'now-1y', o: 'timediff_gt' }, 'timediff_gt takes now'],
  ])('refuses %j', (filter, message) => {
    expect(() => parsed(filter)).toThrow(message);
  });
});
