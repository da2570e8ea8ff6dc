import { readFile } from 'node:fs/promises';
import type { ClientSecretCredentialOptions, TokenCredential } from '@azure/identity';
import { CollectError } from '#model/errors.ts';
import { orAborted } from './or-aborted.ts';
import type { AzureSecret } from './secret.ts';

/** How long one request to Entra ID may take. */
const timeoutMs = 15_000;

/** How long the identity service of a machine, which is next door, may take. Elsewhere than at Azure nobody ever answers. */
const machinePatienceMs = 5_000;

/** The library's credential for a secret; it is loaded here, on first use. Each request is tried once: `CallGate` tries again. */
export async function createCredential(
  secret: AzureSecret,
  authority: string,
  closing: AbortSignal,
): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  const { from } = secret;
  const options = optionsFor(secret, authority, closing);
  switch (from.kind) {
    case 'default': {
      const { authorityHost, ...rest } = options;
      const isElsewhere = secret.cloud !== 'public' || secret.endpoints.authority !== undefined;
      return new identity.DefaultAzureCredential({
        ...rest,
        ...(isElsewhere ? { authorityHost } : {}),
        ...(from.tenantId === undefined ? {} : { tenantId: from.tenantId }),
      });
    }
    case 'client_secret':
      return new identity.ClientSecretCredential(from.tenantId, from.clientId, from.clientSecret, options);
    case 'client_certificate': {
      const { certificate, password } = from;
      const pem = { certificate, ...(password === undefined ? {} : { certificatePassword: password }) };
      return new identity.ClientCertificateCredential(from.tenantId, from.clientId, pem, options);
    }
    case 'managed_identity': {
      const { authorityHost } = options;
      const { clientId } = from;
      const own = new identity.ManagedIdentityCredential({
        authorityHost,
        ...(clientId === undefined ? {} : { clientId }),
      });
      return answeringWithin(own, machinePatienceMs);
    }
    case 'workload_identity': {
      const { tokenFile, token = '' } = from;
      const assertion = async () => (tokenFile === undefined ? token : (await readFile(tokenFile, 'utf8')).trim());
      return new identity.ClientAssertionCredential(from.tenantId, from.clientId, assertion, options);
    }
  }
}

/** A credential whose silence means that there is none. */
export function answeringWithin(credential: TokenCredential, ms: number): TokenCredential {
  return {
    async getToken(scopes) {
      const patience = AbortSignal.timeout(ms);
      try {
        return await orAborted(credential.getToken(scopes), patience);
      } catch (caught) {
        if (!patience.aborted) throw caught;
        throw new CollectError('secret_rejected', 'entra:token: no managed identity answers on this machine', {
          where: 'tenant',
          fix: 'run on a machine of Azure that has an identity, or sign in by an application',
        });
      }
    },
  };
}

type Options = ClientSecretCredentialOptions & { readonly authorityHost: string };

/**
 * The library takes https authorities alone. One on this machine may be plain http: its requests then leave as http, and the
 * addresses that it answers with come in as https.
 */
function optionsFor({ endpoints }: AzureSecret, authority: string, closing: AbortSignal): Options {
  const secure = authority.replace(/^http:/, 'https:');
  return {
    authorityHost: secure,
    // Only Microsoft's own authorities are listed at Microsoft.
    disableInstanceDiscovery: endpoints.authority !== undefined,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      {
        position: 'perRetry',
        policy: {
          name: 'fleetgauge',
          async sendRequest(request, next) {
            request.timeout = timeoutMs;
            request.abortSignal = closing;
            if (secure === authority || !request.url.startsWith(secure)) return next(request);
            request.url = authority + request.url.slice(secure.length);
            request.allowInsecureConnection = true;
            const response = await next(request);
            if (response.bodyAsText) response.bodyAsText = response.bodyAsText.replaceAll(authority, secure);
            return response;
          },
        },
      },
    ],
  };
}
