import { expect, it } from 'vitest';
import { characterOf } from './character.ts';

const alone = { ctrlKey: false, metaKey: false, altKey: false };

it.each([
  { name: 'a letter', pressed: { ...alone, key: 'g', code: 'KeyG' }, want: 'g' },
  { name: 'a capital', pressed: { ...alone, key: 'G', code: 'KeyG' }, want: 'g' },
  { name: 'what stands on the key, not where it is', pressed: { ...alone, key: '?', code: 'Slash' }, want: '?' },
  { name: 'a letter of another layout', pressed: { ...alone, key: 'z', code: 'KeyY' }, want: 'z' },
  { name: 'a Hangul letter', pressed: { ...alone, key: 'ㅎ', code: 'KeyG' }, want: 'g' },
  { name: 'a key that an input method took', pressed: { ...alone, key: 'Process', code: 'KeyS' }, want: 's' },
  { name: 'a letter with control', pressed: { ...alone, ctrlKey: true, key: 'g', code: 'KeyG' }, want: undefined },
  { name: 'a key without a character', pressed: { ...alone, key: 'Escape', code: 'Escape' }, want: undefined },
  { name: 'the space bar', pressed: { ...alone, key: ' ', code: 'Space' }, want: undefined },
])('$name', ({ pressed, want }) => {
  expect(characterOf(pressed)).toBe(want);
});
