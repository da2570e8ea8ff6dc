import { CollectError, type ErrorCode } from '#model/errors.ts';
import type { Api } from './catalog.ts';

/** How Prometheus words a refusal; all of it may be absent where a proxy answered. */
export interface Refusal {
  readonly status: number;
  /** `execution`, `timeout`, `bad_data`, … */
  readonly errorType?: string | undefined;
  readonly error?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/**
 * A query that the server could not carry out though it understood it: too many samples, too little time, or series that cannot
 * be matched. Fewer servers or days at a time may do. Trying again does not.
 */
export class QueryFailed extends CollectError {
  /** It might have been carried out, given more time. */
  readonly ranOutOfTime: boolean;

  constructor(message: string, where: string, ranOutOfTime: boolean) {
    super('invalid_query', message, {
      where,
      fix: 'raise --query.max-samples or --query.timeout of the server, or narrow the run by --match or --days',
    });
    this.ranOutOfTime = ranOutOfTime;
  }
}

/** What the server answered, as one of ours. */
export function fromRefusal(
  { status, errorType, error, retryAfterMs }: Refusal,
  api: Api,
  where: string,
): CollectError {
  const message = `${api}: HTTP ${status}${error === undefined ? '' : `: ${error}`}`;
  const ranOutOfTime = status === 504 || errorType === 'timeout';
  if (ranOutOfTime || status === 413 || status === 422) return new QueryFailed(message, where, ranOutOfTime);
  const code = codeOf(status);
  const fix = fixOf(code, status);
  return new CollectError(code, message, {
    where,
    ...(fix === undefined ? {} : { fix }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'secret_rejected';
  if (status === 403) return 'access_denied';
  if (status === 404 || (status >= 300 && status < 400)) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status === 400) return 'invalid_query';
  return status >= 500 ? 'unavailable' : 'internal';
}

function fixOf(code: ErrorCode, status: number): string | undefined {
  switch (code) {
    case 'secret_rejected':
      return 'check user, token or certificate, and the tenant (--header "X-Scope-OrgID: …") where the server has tenants';
    case 'access_denied':
      return 'allow this user to read /api/v1/query, /api/v1/query_range and /api/v1/series';
    case 'not_found':
      return status === 404
        ? 'check the URL: it is the part before /api/v1'
        : 'the URL leads elsewhere, perhaps to a sign-in page: give that of the API itself';
    case 'rate_limited':
      return 'others ask this server too: try later';
    case 'unavailable':
      return 'check that the server is up and ready, then run `fleetgauge collect --resume`';
    default:
      return undefined;
  }
}

/** What the network or TLS threw, as one of ours. */
export function fromNetwork(caught: unknown, api: Api, where: string): CollectError {
  if (caught instanceof CollectError) return caught;
  if (!(caught instanceof Error)) return CollectError.from(caught);
  if (caught.name === 'AbortError') return CollectError.from(caught);
  const reason = 'code' in caught && typeof caught.code === 'string' ? caught.code : caught.name;
  if (isDistrust(reason)) {
    return new CollectError(
      'secret_rejected',
      `${api}: the certificate of the server is not to be trusted: ${reason}`,
      {
        where,
        fix: 'give the authority that signed it by --ca-file',
        cause: caught,
      },
    );
  }
  if (/^ERR_SSL_.*ALERT/.test(reason)) {
    return new CollectError('secret_rejected', `${api}: the server refused our certificate: ${reason}`, {
      where,
      fix: 'give a certificate that it trusts by --cert-file and --key-file',
      cause: caught,
    });
  }
  return new CollectError('unavailable', `${api}: ${reason}`, {
    where,
    fix: 'check the network and the URL, then run `fleetgauge collect --resume`',
    cause: caught,
  });
}

function isDistrust(reason: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_/.test(reason) && !reason.startsWith('ERR_SSL_');
}
