import { z } from 'zod';
import { CollectError } from '#model/errors.ts';

const Claims = z.object({
  did: z.string().min(1),
  exp: z.number().optional(),
  /** Of a token that sees one workspace only. */
  wid: z.string().optional(),
  /** What kind of token it is: `cat` in 1.x, `typ` in 2.x. */
  cat: z.string().optional(),
  typ: z.string().optional(),
});

/** What a token says of itself. Nobody but the platform can check its signature. */
export interface Token {
  readonly text: string;
  readonly domainId: string;
  readonly workspaceId: string | undefined;
}

/**
 * @param now epoch milliseconds
 * @throws CollectError `invalid_input` for a text that is no token, `secret_rejected` for one that has run out or is of the wrong
 *   kind; never with the token in it
 */
export function readToken(text: string, now: number): Token {
  const claims = Claims.safeParse(payloadOf(text));
  if (!claims.success) {
    const { path } = claims.error.issues[0] ?? { path: [] };
    const lacks = path.length === 0 ? 'is no JSON Web Token' : `is a token without a usable claim '${path.join('.')}'`;
    throw wrong('invalid_input', lacks);
  }
  const { did, exp, wid, cat, typ } = claims.data;
  const kind = typ ?? cat;
  if (kind === 'REFRESH_TOKEN') throw wrong('secret_rejected', 'is a refresh token, which opens nothing by itself');
  if (exp !== undefined && exp * 1000 <= now) {
    throw wrong('secret_rejected', `ran out at ${new Date(exp * 1000).toISOString()}`);
  }
  return { text, domainId: did, workspaceId: wid || undefined };
}

/** The middle one of three parts; undefined where it cannot be read. */
function payloadOf(text: string): unknown {
  const [, payload, signature] = text.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function wrong(code: 'invalid_input' | 'secret_rejected', what: string): CollectError {
  return new CollectError(code, `secret_data.api_key ${what}`, {
    where: 'secret_data.api_key',
    fix: 'an API key of Cloudforet 1.x, or the client secret of an app of 2.x',
  });
}
