import { CollectError, type ErrorCode } from '#model/errors.ts';

/** AWS's error names, as its protocols spell them, by what they mean to us. */
const codeByName: ReadonlyMap<string, ErrorCode> = new Map([
  ...names('rate_limited', [
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'RequestThrottled',
    'RequestThrottledException',
    'RequestLimitExceeded',
    'TooManyRequestsException',
    'EC2ThrottledException',
    'BandwidthLimitExceeded',
    'LimitExceededException',
    'SlowDown',
    'PriorRequestNotComplete',
  ]),
  ...names('access_denied', [
    'AccessDenied',
    'AccessDeniedException',
    'UnauthorizedOperation',
    'AuthFailure',
    'OptInRequired',
    'NotAuthorized',
  ]),
  ...names('secret_rejected', [
    'InvalidClientTokenId',
    'UnrecognizedClientException',
    'InvalidAccessKeyId',
    'SignatureDoesNotMatch',
    'InvalidSignatureException',
    'InvalidToken',
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidIdentityToken',
    'InvalidIdentityTokenException',
    'CredentialsProviderError',
    'TokenProviderError',
  ]),
  ...names('invalid_query', [
    'ValidationError',
    'ValidationException',
    'InvalidParameterValue',
    'InvalidParameterValueException',
    'InvalidParameterCombination',
    'InvalidParameterCombinationException',
    'InvalidInstanceType',
    'InvalidNextToken',
    'InvalidParameter',
    'MalformedQueryString',
    'SerializationException',
  ]),
  // The SDK has learnt the cloud's clock from this very answer: the next try is signed with the right time.
  ...names('unavailable', [
    'RequestTimeTooSkewed',
    'RequestExpired',
    'InternalServiceFault',
    'InternalFailure',
    'ServiceUnavailable',
  ]),
  ...names('timeout', ['TimeoutError', 'RequestTimeout']),
]);

function names(code: ErrorCode, list: readonly string[]): [string, ErrorCode][] {
  return list.map((name) => [name, code]);
}

/** What the SDK threw, as one of ours. */
export function fromAws(caught: unknown, api: string, where: string): CollectError {
  if (caught instanceof CollectError) return caught;
  if (!(caught instanceof Error)) return CollectError.from(caught);
  const code = codeOf(caught);
  const fix = fixOf(code, api);
  return new CollectError(code, `${api}: ${caught.name}: ${caught.message}`, {
    where,
    cause: caught,
    ...(fix === undefined ? {} : { fix }),
  });
}

function codeOf(error: Error): ErrorCode {
  const known = codeByName.get(error.name);
  if (known !== undefined) return known;
  if (error.name === 'AbortError') return 'cancelled';
  if (error instanceof SyntaxError || error.name === 'SyntaxError') return 'malformed_reply';
  if ('code' in error && typeof error.code === 'string' && /^(E[A-Z]+|UND_ERR_\w+)$/.test(error.code))
    return 'unavailable';
  const status = statusOf(error);
  if (status === 429) return 'rate_limited';
  if (status !== undefined && status >= 500) return 'unavailable';
  if (status !== undefined && status < 300) return 'malformed_reply';
  return status === 403 ? 'access_denied' : 'internal';
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return undefined;
  const status = 'httpStatusCode' in error.$metadata ? error.$metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

function fixOf(code: ErrorCode, api: string): string | undefined {
  switch (code) {
    case 'access_denied':
      if (api === 'sts:AssumeRole')
        return 'let the role trust the account that this signs in from, with this external ID, and allow sts:AssumeRole on the role there';
      return `allow ${api} (docs/aws.md has the whole policy); where the region is not in use, leave it out with --regions`;
    case 'secret_rejected':
      return 'check the credentials: `fleetgauge account test <name>`';
    case 'unavailable':
    case 'timeout':
      return 'check the network and the endpoint, then run `fleetgauge collect --resume`';
    case 'rate_limited':
      return 'others use this account’s quota too: try later, or ask AWS to raise it';
    default:
      return undefined;
  }
}
