import { CollectError } from '#model/errors.ts';
import { ServerError } from './server-error.ts';

interface Reason {
  readonly message: string;
  readonly fix: string;
}

const trust: Reason = {
  message: 'nobody whom this machine trusts vouches for the certificate of the server',
  fix: 'name the certificate of whoever does: NODE_EXTRA_CA_CERTS=ca.pem, or take the system’s: NODE_USE_SYSTEM_CA=1',
};
const notTls: Reason = {
  message: 'what answers does not speak TLS',
  fix: 'is it http:// that listens there, or a proxy in between?',
};

/** By the code of what Node throws. */
const reasons: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: { message: 'nobody listens there', fix: 'is it running there? fleetgauge serve' },
  ENOTFOUND: { message: 'the name of the server is not known', fix: 'look at the address, and at the DNS here' },
  EAI_AGAIN: { message: 'no DNS server answers for the name of the server', fix: 'try again' },
  ECONNRESET: { message: 'the connection broke off', fix: 'try again; a proxy in between may know more' },
  UND_ERR_SOCKET: { message: 'the connection broke off', fix: 'try again; a proxy in between may know more' },
  ETIMEDOUT: { message: 'nobody answers there', fix: 'does a firewall keep it from here?' },
  UND_ERR_CONNECT_TIMEOUT: { message: 'nobody answers there', fix: 'does a firewall keep it from here?' },
  EHOSTUNREACH: { message: 'no way leads there', fix: 'is there a VPN to be on?' },
  ENETUNREACH: { message: 'no way leads there', fix: 'is there a VPN to be on?' },
  DEPTH_ZERO_SELF_SIGNED_CERT: trust,
  SELF_SIGNED_CERT_IN_CHAIN: trust,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: trust,
  UNABLE_TO_GET_ISSUER_CERT: trust,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: trust,
  CERT_HAS_EXPIRED: { message: 'the certificate of the server has expired', fix: 'renew it there' },
  CERT_NOT_YET_VALID: {
    message: 'the certificate of the server is not valid yet',
    fix: 'is the clock of this machine right?',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    message: 'the certificate is of another name than the server is asked by',
    fix: 'ask it by a name that is in the certificate',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
};

/** What fetch itself does not wait for any longer. */
const late: readonly string[] = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];

/** Why nothing came back, from what `fetch` threw; `cancelled` where nobody waits for it any more. */
export function explainUnreachable(caught: unknown, url: string): CollectError {
  if (caught instanceof Error && caught.name === 'AbortError')
    return new CollectError('cancelled', 'the request was broken off', { where: url, cause: caught });
  const code = codeOf(caught);
  if ((caught instanceof Error && caught.name === 'TimeoutError') || (code !== undefined && late.includes(code))) {
    return new ServerError('unreachable', 'timeout', 'the server takes too long', { where: url, cause: caught });
  }
  const { message, fix } = (code === undefined ? undefined : reasons[code]) ?? {
    message: `the server cannot be reached${code === undefined ? '' : ` (${code})`}`,
    fix: 'look at the address; -vv says more',
  };
  return new ServerError('unreachable', 'unavailable', message, { where: url, fix, cause: caught });
}

/** Of the innermost cause that has one; of several addresses that were tried, of the first. */
function codeOf(caught: unknown): string | undefined {
  if (!(caught instanceof Error)) return undefined;
  const [first] = caught instanceof AggregateError ? caught.errors : [];
  const deeper = codeOf(caught.cause) ?? codeOf(first);
  if (deeper !== undefined) return deeper;
  return 'code' in caught && typeof caught.code === 'string' ? caught.code : undefined;
}
