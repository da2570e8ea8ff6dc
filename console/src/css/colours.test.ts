import { describe, expect, it } from 'vitest';
import { contrast, deuteranopic, schemes, tokensOf } from './colours.fixture.ts';

const tokens = tokensOf('base.css');
const tones = [...tokensOf('charts.css')].filter(([name]) => name.startsWith('--tone-')).map(([, tone]) => tone);

function of(name: string) {
  const found = tokens.get(name);
  if (found === undefined) throw new Error(`there is no token ${name}`);
  return found;
}

const grounds = ['--paper', '--sheet', '--sunken'];
const texts = ['--ink', '--ink-soft', '--accent', '--good', '--warn', '--bad'];
const onOwnGround = [
  ['--warn', '--warn-ground'],
  ['--ink', '--warn-ground'],
  ['--bad', '--bad-ground'],
  ['--ink', '--bad-ground'],
  ['--rail-ink', '--rail'],
] as const;

describe.each(schemes)('in the %s theme', (scheme) => {
  it.each([...texts.flatMap((name) => grounds.map((ground) => [name, ground] as const)), ...onOwnGround])(
    '%s can be read on %s',
    (name, ground) => expect(contrast(of(name)[scheme], of(ground)[scheme])).toBeGreaterThanOrEqual(4.5),
  );

  it.each(['--gauge', '--peak', '--line-strong'].flatMap((name) => grounds.map((ground) => [name, ground])))(
    '%s can be seen on %s',
    (name, ground) => expect(contrast(of(name)[scheme], of(ground)[scheme])).toBeGreaterThanOrEqual(3),
  );

  it('the steps of a map are told apart, also by who sees no green', () => {
    expect(tones).toHaveLength(5);
    for (const seen of [tones.map((tone) => tone[scheme]), tones.map((tone) => deuteranopic(tone[scheme]))])
      for (const [at, tone] of seen.slice(1).entries())
        expect(contrast(tone, seen[at] ?? tone)).toBeGreaterThanOrEqual(1.3);
  });

  it('an average is told from a peak, also by who sees no green', () => {
    const [gauge, peak] = [of('--gauge')[scheme], of('--peak')[scheme]].map(deuteranopic);
    const blue = (colour = gauge) => (colour?.[2] ?? 0) / (colour?.[0] ?? 1);
    expect(blue(gauge) / blue(peak)).toBeGreaterThan(3);
  });
});
