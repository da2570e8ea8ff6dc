import { z } from 'zod';
import { certificateExpiry, type Expiry } from '#model/expiry.ts';
import type { ConnectContext } from '#model/provider.ts';
import { fromAnswer, fromFetch } from './errors.ts';
import type { GoogleSecret } from './secret.ts';

/** Where anybody may read the public keys of a service account. */
const publicKeys = 'https://www.googleapis.com';
const api = 'robot:x509';

/** PEM by the id of the key. */
const Certificates = z.record(z.string(), z.string());

/** The year in which the certificate of a key ends that has no end. */
const endless = 9999;

/**
 * Of a service-account key, as its public certificate has it: its `validBeforeTime`, without a permission to look at keys.
 *
 * @throws CollectError where that does not answer
 */
export async function keyExpiry(
  { from, endpoint = publicKeys }: GoogleSecret,
  { gate, signal }: Pick<ConnectContext, 'gate' | 'signal'>,
): Promise<Expiry | undefined> {
  if (from.kind !== 'service_account' || from.key.private_key_id === undefined) return undefined;
  const { client_email: email, private_key_id: keyId } = from.key;
  const url = `${endpoint.replace(/\/+$/, '')}/robot/v1/metadata/x509/${encodeURIComponent(email)}`;
  const certificates = await gate.send(
    { api, account: email, region: 'global' },
    (trySignal) => ask(url, email, trySignal),
    signal,
  );
  const { at } = certificateExpiry(certificates[keyId] ?? '') ?? {};
  if (typeof at !== 'number') return undefined;
  return { of: 'key', at: new Date(at).getUTCFullYear() >= endless ? null : at };
}

async function ask(url: string, email: string, signal: AbortSignal): Promise<z.infer<typeof Certificates>> {
  try {
    const response = await fetch(url, { signal, redirect: 'error' });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return Certificates.parse(answer);
    throw fromAnswer(response.status, answer, response.headers.get('retry-after'), api, email);
  } catch (caught) {
    throw fromFetch(caught, api, email);
  }
}
