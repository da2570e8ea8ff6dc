/** What an error carries besides status, code and message. */
interface ErrorMore {
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: `{ error: { code, message } }`, as Resource Manager words it. */
  readonly body?: unknown;
}

/** An error as an Azure service answers it. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;

  constructor(status: number, code: string, message: string, more: ErrorMore = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.headers = { 'x-ms-error-code': code, ...more.headers };
    this.body = more.body ?? { error: { code, message } };
  }
}

/** Something in the request that the service does not take. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** A quota is spent. @param afterSeconds a whole number, at least 1 */
export function throttled(code: string, message: string, afterSeconds: number): ApiError {
  return new ApiError(429, code, message, { headers: { 'retry-after': String(afterSeconds) } });
}
