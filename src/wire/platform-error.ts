import { status } from '@grpc/grpc-js';
import { CollectError, type ErrorCode, errorCodes } from '#model/errors.ts';

/** Our codes in Cloudforet's words. Its clients split `ERROR_CODE: message` and show the code to the user. */
const platformCodes = {
  invalid_input: 'ERROR_INVALID_PARAMETER',
  invalid_query: 'ERROR_INVALID_PARAMETER',
  secret_rejected: 'ERROR_AUTHENTICATE_FAILURE',
  access_denied: 'ERROR_PERMISSION_DENIED',
  not_found: 'ERROR_NOT_FOUND',
  conflict: 'ERROR_CONFLICT',
  budget_exceeded: 'ERROR_BUDGET_EXCEEDED',
  rate_limited: 'ERROR_RATE_LIMITED',
  unavailable: 'ERROR_GRPC_CONNECTION',
  timeout: 'ERROR_REQUEST_TIMEOUT',
  malformed_reply: 'ERROR_INTERNAL_API',
  cancelled: 'ERROR_CANCELLED',
  store_failed: 'ERROR_DB_QUERY',
  internal: 'ERROR_UNKNOWN',
} as const satisfies Record<ErrorCode, string>;

/** Codes of theirs that mean more than their status does. */
const knownCodes: Readonly<Record<string, ErrorCode>> = {
  ERROR_REQUIRED_PARAMETER: 'invalid_input',
  ERROR_INVALID_PARAMETER: 'invalid_input',
  ERROR_INVALID_PARAMETER_TYPE: 'invalid_input',
  ERROR_AUTHENTICATE_FAILURE: 'secret_rejected',
  ERROR_PERMISSION_DENIED: 'access_denied',
  ERROR_NOT_FOUND: 'not_found',
  ERROR_CONFLICT: 'conflict',
  ERROR_NOT_UNIQUE: 'conflict',
  ERROR_RATE_LIMITED: 'rate_limited',
  ERROR_BUDGET_EXCEEDED: 'budget_exceeded',
  ERROR_GRPC_TIMEOUT: 'timeout',
  ERROR_REQUEST_TIMEOUT: 'timeout',
};

const statusCodes: Readonly<Partial<Record<status, ErrorCode>>> = {
  [status.INVALID_ARGUMENT]: 'invalid_input',
  [status.OUT_OF_RANGE]: 'invalid_input',
  [status.UNAUTHENTICATED]: 'secret_rejected',
  [status.PERMISSION_DENIED]: 'access_denied',
  [status.NOT_FOUND]: 'not_found',
  [status.UNIMPLEMENTED]: 'not_found',
  [status.ALREADY_EXISTS]: 'conflict',
  [status.FAILED_PRECONDITION]: 'conflict',
  [status.ABORTED]: 'conflict',
  [status.RESOURCE_EXHAUSTED]: 'rate_limited',
  [status.UNAVAILABLE]: 'unavailable',
  [status.DEADLINE_EXCEEDED]: 'timeout',
  [status.CANCELLED]: 'cancelled',
};

export interface GrpcFailure {
  readonly code: status;
  readonly details: string;
}

/** A required field that is missing, said as Cloudforet says it: its clients show this text. */
export function requiredParameter(key: string): CollectError {
  return new CollectError('invalid_input', `Required parameter. (key = ${key})`, {
    where: key,
    cause: new PlatformCode('ERROR_REQUIRED_PARAMETER'),
  });
}

/** The `cause` of a CollectError whose code on the wire is a more exact one than the table's. */
export class PlatformCode extends Error {}

/**
 * What was caught, as a status for the wire. Of an error that is not ours the message stays here: it may hold a secret,
 * a path, a query.
 */
export function toGrpc(caught: unknown): GrpcFailure {
  if (!(caught instanceof CollectError)) {
    const cancelled = caught instanceof Error && caught.name === 'AbortError';
    if (cancelled) return { code: status.CANCELLED, details: 'ERROR_CANCELLED: The call was cancelled.' };
    return { code: status.INTERNAL, details: 'ERROR_UNKNOWN: An unexpected error occurred.' };
  }
  const code = caught.cause instanceof PlatformCode ? caught.cause.message : platformCodes[caught.code];
  return { code: status[errorCodes[caught.code].grpc], details: `${code}: ${oneLine(caught)}` };
}

/** gRPC puts the text into a header, which clients cut or refuse past some 8 KB. */
function oneLine({ message, fix }: CollectError): string {
  const text = fix === undefined ? message : `${message} ${fix}`;
  return text.replaceAll(/\s+/g, ' ').slice(0, 2000);
}

/** A peer's status as one of ours: its own code decides where it is known, else the status. */
export function fromGrpc({ code, details }: GrpcFailure, where: string): CollectError {
  const [, platformCode, message] = /^(ERROR_\w+):\s*(.*)$/s.exec(details) ?? [];
  const ours =
    (platformCode && knownCodes[platformCode]) ||
    (isTooLong(details) && 'malformed_reply') ||
    statusCodes[code] ||
    'internal';
  const text = message === undefined ? details || status[code] || 'unknown failure' : message;
  return new CollectError(ours, text, {
    where,
    ...(platformCode === undefined ? {} : { cause: new PlatformCode(platformCode) }),
  });
}

/** What grpc-js says of an answer that it does not receive to its end; its status is that of a platform that has had enough of us. */
function isTooLong(details: string): boolean {
  return details.startsWith('Received message larger than max');
}
