import { describe, expect, it } from 'vitest';
import { readToken } from './token.ts';

const now = Date.UTC(2026, 10, 18);
const tokenOf = (claims: object) =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

describe('a token', () => {
  it('tells its domain and workspace', () => {
    const text = tokenOf({ did: 'domain-1', wid: 'workspace-1', typ: 'CLIENT_SECRET', exp: now / 1000 + 60 });
    expect(readToken(text, now)).toEqual({ text, domainId: 'domain-1', workspaceId: 'workspace-1' });
  });

  it('of 1.x has no end', () => {
    expect(readToken(tokenOf({ did: 'domain-1', cat: 'API_KEY' }), now).workspaceId).toBeUndefined();
  });

  it.each([
    { name: 'no token', text: 'hello', code: 'invalid_input', says: 'is no JSON Web Token' },
    { name: 'no JSON in it', text: 'a.b.c', code: 'invalid_input', says: 'is no JSON Web Token' },
    { name: 'a token without a domain', text: tokenOf({ aud: 'me' }), code: 'invalid_input', says: "'did'" },
    {
      name: 'one that ran out',
      text: tokenOf({ did: 'd', exp: now / 1000 }),
      code: 'secret_rejected',
      says: 'ran out at 2026-11-18T00:00:00.000Z',
    },
    {
      name: 'a refresh token',
      text: tokenOf({ did: 'd', cat: 'REFRESH_TOKEN' }),
      code: 'secret_rejected',
      says: 'refresh token',
    },
  ])('is refused: $name', ({ text, code, says }) => {
    const read = () => readToken(text, now);
    expect(read).toThrow(expect.objectContaining({ code, message: expect.stringContaining(says) }));
    expect(read).not.toThrow(text.length > 10 ? text : 'x'.repeat(99));
  });
});
