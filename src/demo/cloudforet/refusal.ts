import { status } from '@grpc/grpc-js';
import { fromGrpc } from '#wire/platform-error.ts';

/** The platform's error classes that can be met here, with the status each carries. */
const statuses = {
  ERROR_REQUIRED_PARAMETER: status.INVALID_ARGUMENT,
  ERROR_INVALID_PARAMETER_TYPE: status.INVALID_ARGUMENT,
  ERROR_OPERATOR_VALUE_TYPE: status.INVALID_ARGUMENT,
  ERROR_OPERATOR_LIST_VALUE_TYPE: status.INVALID_ARGUMENT,
  ERROR_OPERATOR_DICT_VALUE_TYPE: status.INVALID_ARGUMENT,
  ERROR_OPERATOR_BOOLEAN_TYPE: status.INVALID_ARGUMENT,
  ERROR_DATA_SOURCE_STATE_DISABLED: status.INVALID_ARGUMENT,
  ERROR_NOT_SUPPORT_METRIC_STAT: status.INVALID_ARGUMENT,
  ERROR_NOT_SUPPORT_STAT: status.INVALID_ARGUMENT,
  ERROR_NOT_FOUND_REQUIRED_KEY: status.INVALID_ARGUMENT,
  ERROR_RESOURCE_SECRETS_NOT_EXISTS: status.INVALID_ARGUMENT,
  ERROR_NOT_SUPPORT_PROVIDER_MONITORING: status.INVALID_ARGUMENT,
  ERROR_AUTHENTICATE_FAILURE: status.UNAUTHENTICATED,
  ERROR_PERMISSION_DENIED: status.PERMISSION_DENIED,
  ERROR_TOO_MANY_MATCH: status.INTERNAL,
  ERROR_NOT_FOUND: status.NOT_FOUND,
  ERROR_NOT_IMPLEMENTED: status.UNIMPLEMENTED,
  ERROR_DB_QUERY: status.INTERNAL,
  ERROR_INVALID_PLUGIN_OPTIONS: status.INTERNAL,
  ERROR_MESSAGE_FORMAT: status.INTERNAL,
  ERROR_UNKNOWN: status.INTERNAL,
} as const satisfies Record<string, status>;

type RefusalCode = keyof typeof statuses;

/** An error of the platform, to throw from a handler: the wire says `CODE: message` under the code's status. */
export function refuse(code: RefusalCode, message: string): Error {
  return failWith(statuses[code], `${code}: ${message}`);
}

/** An error with a status and a text of one's own. */
export function failWith(code: status, details: string): Error {
  return fromGrpc({ code, details }, 'the simulated Cloudforet');
}

/** As the platform says that a field of the request is missing. */
export function missing(key: string): Error {
  return refuse('ERROR_REQUIRED_PARAMETER', `Required parameter. (key = ${key})`);
}

export function notFound(key: string, value: string): Error {
  return refuse('ERROR_NOT_FOUND', `Resource cannot be found or access is denied. (${key} = ${value})`);
}

/** Throws for the first key that the request has not got; the wire does not tell an empty text or list from none. */
export function demand(request: object, keys: readonly string[]): void {
  const fields = new Map<string, unknown>(Object.entries(request));
  for (const key of keys) {
    const value = fields.get(key);
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) throw missing(key);
  }
}
