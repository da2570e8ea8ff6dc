import type { TokenCredential } from '@azure/identity';
import type { CallGate } from '#model/calls.ts';
import { CollectError } from '#model/errors.ts';
import { orAborted } from './or-aborted.ts';
import { fromSignIn } from './sign-in-errors.ts';

export type Audience = 'resourceManager' | 'metrics' | 'graph';

/** Access tokens, each asked for once, and again before it runs out. */
export interface Tokens {
  /** @throws CollectError `secret_rejected` */
  get(audience: Audience, signal: AbortSignal): Promise<string>;
}

interface TokenSource {
  readonly credential: TokenCredential;
  readonly audiences: Readonly<Record<Audience, string>>;
  readonly gate: CallGate;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Ends what is under way when the connection is closed. */
  readonly closing: AbortSignal;
}

interface Token {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** How long before its end a token is asked for anew. */
const marginMs = 5 * 60_000;

export function createTokens({ credential, audiences, gate, now, closing }: TokenSource): Tokens {
  const held = new Map<Audience, Promise<Token>>();
  return {
    async get(audience, signal) {
      const known = held.get(audience) ?? renew(audience);
      const { token, endsAt } = await orAborted(known, signal);
      if (endsAt - marginMs > now()) return token;
      const current = held.get(audience);
      const renewed = current === undefined || current === known ? renew(audience) : current;
      return (await orAborted(renewed, signal)).token;
    },
  };

  function renew(audience: Audience): Promise<Token> {
    const asked = ask(audience);
    held.set(audience, asked);
    asked.catch(() => {
      if (held.get(audience) === asked) held.delete(audience);
    });
    return asked;
  }

  /** All who wait share it, so it ends with the connection and not with one of them. */
  function ask(audience: Audience): Promise<Token> {
    return gate.send(
      { api: 'entra:token', account: 'tenant', region: 'global' },
      async (trySignal) => {
        try {
          const got = await orAborted(credential.getToken(`${audiences[audience]}/.default`), trySignal);
          if (got === null) throw new CollectError('secret_rejected', 'entra:token: no token was given');
          return { token: got.token, endsAt: got.expiresOnTimestamp };
        } catch (caught) {
          throw trySignal.aborted ? caught : fromSignIn(caught);
        }
      },
      closing,
    );
  }
}
