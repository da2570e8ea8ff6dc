import { z } from 'zod';
import { certificateExpiry, type Expiry, tokenExpiry } from '#model/expiry.ts';
import type { ConnectContext } from '#model/provider.ts';
import { cloudOf } from './cloud-of.ts';
import { createCredential } from './credential.ts';
import type { AzureSecret } from './secret.ts';
import { createSend } from './send.ts';
import { createTokens } from './tokens.ts';

const Application = z.object({
  passwordCredentials: z.array(
    z.object({ hint: z.string().nullish(), endDateTime: z.iso.datetime({ offset: true }).nullish() }),
  ),
});

/**
 * Certificates and tokens say it themselves. The secret of an application has it at Microsoft Graph, which shows applications
 * to those alone who may read them.
 *
 * @throws CollectError where Graph does not tell
 */
export async function expiryOf(secret: AzureSecret, context: ConnectContext): Promise<Expiry | undefined> {
  const { from, endpoints } = secret;
  switch (from.kind) {
    case 'client_certificate':
      return certificateExpiry(from.certificate);
    case 'workload_identity':
      return from.token === undefined ? undefined : tokenExpiry(from.token);
    case 'client_secret': {
      // Who asks another Resource Manager has another Graph, or none.
      if (endpoints.resourceManager !== undefined && endpoints.graph === undefined) return undefined;
      return secretExpiry(from, secret, context);
    }
    default:
      return undefined;
  }
}

async function secretExpiry(
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
  secret: AzureSecret,
  { gate, now, signal }: ConnectContext,
): Promise<Expiry | undefined> {
  const { audiences, authority, graph } = cloudOf(secret);
  const closing = new AbortController();
  try {
    const credential = await createCredential(secret, authority, closing.signal);
    const send = createSend(gate, createTokens({ credential, audiences, gate, now, closing: closing.signal }));
    const { passwordCredentials } = await send(
      {
        call: { api: 'graph:applications', account: 'tenant', region: 'global' },
        url: `${graph}/v1.0/applications(appId='${clientId}')?$select=passwordCredentials`,
        audience: 'graph',
        reply: Application,
      },
      signal,
    );
    // All that is told of a secret is how it begins: two that begin alike and end apart leave it open.
    const ends = new Set(
      passwordCredentials
        .filter(({ hint }) => hint && clientSecret.startsWith(hint))
        .map(({ endDateTime }) => endDateTime),
    );
    const [end] = ends;
    return ends.size === 1 && end ? { of: 'secret', at: Date.parse(end) } : undefined;
  } finally {
    closing.abort();
  }
}
