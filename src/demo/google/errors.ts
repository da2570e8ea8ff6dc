import { type ServiceName, services } from './services.ts';

/** The canonical codes that the simulation answers with, and their HTTP status. */
const statuses = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type StatusName = keyof typeof statuses;

/** Numbers of the codes that stand inside a successful answer. */
export const rpcCodes = { UNAVAILABLE: 14 } as const;

/** One entry of an error's `details`. */
export type ErrorDetail = Readonly<Record<string, unknown>> & { readonly '@type': string };

/** How an error is told beyond its status. */
interface Wording {
  /** The `reason` of the old-style `errors` list. */
  readonly reason?: string;
  readonly details?: readonly ErrorDetail[];
  /** HTTP status, where the API has its own mind: Compute Engine says 403 of a spent quota. */
  readonly httpStatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error in the words and structure that Google's APIs share. */
export class ApiError extends Error {
  readonly status: StatusName;
  readonly httpStatus: number;
  readonly reason: string | undefined;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: StatusName, message: string, wording: Wording = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.httpStatus = wording.httpStatus ?? statuses[status];
    this.reason = wording.reason;
    this.details = wording.details ?? [];
    this.headers = wording.headers ?? {};
  }

  /** The body as the service writes it. */
  toJson(service: ServiceName | undefined): unknown {
    const { message, status, httpStatus: code, reason, details } = this;
    const old = service === 'compute' || service === 'sqladmin';
    const errors = old ? { errors: [{ message, domain: 'global', reason: reason ?? 'invalid' }] } : {};
    return { error: { code, message, ...errors, status, ...(details.length > 0 ? { details } : {}) } };
  }
}

/** An error as OAuth words it, at the token endpoints. */
export class OAuthError extends Error {
  readonly code: string;
  readonly httpStatus: number;

  constructor(code: string, description: string, httpStatus = 400) {
    super(description);
    this.name = 'OAuthError';
    this.code = code;
    this.httpStatus = httpStatus;
  }

  toJson(): unknown {
    return { error: this.code, error_description: this.message };
  }
}

/** The detail that says why, to machines. */
export function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): ErrorDetail {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com', metadata };
}

/** 400 for one parameter. */
export function invalidField(field: string, value: string, why: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', `Field ${field} had an invalid value of "${value}": ${why}`);
}

/** 403 for an API that was never switched on in a project. */
export function serviceDisabled(service: ServiceName, projectNumber: string): ApiError {
  const { host, title } = services[service];
  const url = `https://console.developers.google.com/apis/api/${host}/overview?project=${projectNumber}`;
  const message = `${title} has not been used in project ${projectNumber} before or it is disabled. Enable it by visiting ${url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`;
  const help = {
    '@type': 'type.googleapis.com/google.rpc.Help',
    links: [{ description: 'Google developers console API activation', url }],
  };
  const info = errorInfo('SERVICE_DISABLED', { service: host, consumer: `projects/${projectNumber}` });
  return new ApiError('PERMISSION_DENIED', message, { reason: 'accessNotConfigured', details: [help, info] });
}

/** A quota that is spent: 429, but 403 by Compute Engine. */
export function quotaExceeded(service: ServiceName, quota: string, projectNumber: string): ApiError {
  const { host } = services[service];
  const message = `Quota exceeded for quota metric '${quota}' and limit '${quota} per minute' of service '${host}' for consumer 'project_number:${projectNumber}'.`;
  const info = errorInfo('RATE_LIMIT_EXCEEDED', { service: host, consumer: `projects/${projectNumber}` });
  const wording = { reason: 'rateLimitExceeded', details: [info] };
  return service === 'compute'
    ? new ApiError('PERMISSION_DENIED', message, { ...wording, httpStatus: 403 })
    : new ApiError('RESOURCE_EXHAUSTED', message, wording);
}

/** A failure on Google's side. */
export function serverError(status: 'INTERNAL' | 'UNAVAILABLE'): ApiError {
  return status === 'INTERNAL'
    ? new ApiError(status, 'Internal error encountered.', { reason: 'internalError' })
    : new ApiError(status, 'The service is currently unavailable.', { reason: 'backendError' });
}
