import { expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';

it.each([
  { name: 'nothing', bytes: Buffer.alloc(0), want: 0 },
  { name: 'the usual check value', bytes: Buffer.from('123456789'), want: 0xe3069283 },
  // RFC 3720, B.4.
  { name: '32 bytes of zeros', bytes: Buffer.alloc(32), want: 0x8a9136aa },
  { name: '32 bytes of ones', bytes: Buffer.alloc(32, 0xff), want: 0x62a8ab43 },
  { name: '32 bytes counting up', bytes: Buffer.from(Array.from({ length: 32 }, (_, at) => at)), want: 0x46dd794e },
])('is right for $name', ({ bytes, want }) => {
  expect(crc32c(bytes)).toBe(want);
});
