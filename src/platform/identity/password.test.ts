import { describe, expect, it } from 'vitest';
import { hashPassword, isOutdated, isPassword, NewPassword } from './password.ts';

describe('passwords', () => {
  it('are hashed by Argon2id at the cost that OWASP asks for, salted', async () => {
    const [one, other] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
    expect(await isPassword('correct horse', one)).toBe(true);
    expect(await isPassword('correct horsf', one)).toBe(false);
  });

  it('are the same however a keyboard makes an accent', async () => {
    const hash = await hashPassword(NewPassword.parse('cafe\u0301 cafe\u0301 cafe\u0301'));
    expect(await isPassword('caf\u00e9 caf\u00e9 caf\u00e9', hash)).toBe(true);
  });

  it('are held against a hash also where there is none, and never match it', async () => {
    const hash = await hashPassword('correct horse');
    // Of the processor: what else the machine is busy with does not count.
    const times = async (held: string | undefined) => {
      const begun = process.cpuUsage();
      expect(await isPassword('wrong', held)).toBe(false);
      const { user, system } = process.cpuUsage(begun);
      return user + system;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 5; round++) {
      known.push(await times(hash));
      unknown.push(await times(undefined));
    }
    const least = (of: number[]) => Math.min(...of);
    expect(least(unknown) / least(known)).toBeGreaterThan(0.4);
    expect(least(unknown) / least(known)).toBeLessThan(2.5);
  });

  it('are known to be hashed at another cost', () => {
    expect(isOutdated('$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$aGFzaA')).toBe(true);
    expect(isOutdated('$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA')).toBe(false);
  });

  it('are refused where too many wait', async () => {
    const hash = await hashPassword('correct horse');
    const all = await Promise.allSettled(Array.from({ length: 14 }, () => isPassword('wrong', hash)));
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited', retryAfterMs: 5000 } });
  });
});
