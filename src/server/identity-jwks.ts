import type { FastifyInstance } from 'fastify';
import { homeDomain } from '#platform/identity/domain.ts';
import { publicKeys } from '#platform/identity/signing-keys.ts';
import type { IdentitySource } from './identity-routes.ts';

/** How long others may go on with the keys that they have, in seconds: a new one signs at once. */
const maxAgeSeconds = 300;

/** The keys by which anybody can tell our tokens from others (RFC 7517), newest first. */
export function jwksRoute(app: FastifyInstance, { store, now }: IdentitySource): void {
  app.get('/.well-known/jwks.json', async (_request, reply) => {
    const { id } = await homeDomain(store, now());
    reply.header('cache-control', `public, max-age=${maxAgeSeconds}`);
    return { keys: (await publicKeys(store, id)).map(({ jwk }) => jwk) };
  });
}
