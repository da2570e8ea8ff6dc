import { certificateExpiry, type Expiry, firstToEnd, tokenExpiry } from '#model/expiry.ts';
import type { PrometheusSecret } from './secret.ts';

/** Of what goes with each call, where that is a client certificate or a token that says it. */
export function expiryOf({ auth, tls }: PrometheusSecret): Expiry | undefined {
  return firstToEnd([
    tls?.cert === undefined ? undefined : certificateExpiry(tls.cert),
    auth.kind === 'bearer' ? tokenExpiry(auth.token) : undefined,
  ]);
}
