/** What can go wrong, once: how the wire says it and whether another try can help. */
export const errorCodes = {
  invalid_input: { grpc: 'INVALID_ARGUMENT', retry: 'never' },
  invalid_query: { grpc: 'INVALID_ARGUMENT', retry: 'never' },
  secret_rejected: { grpc: 'UNAUTHENTICATED', retry: 'never' },
  access_denied: { grpc: 'PERMISSION_DENIED', retry: 'never' },
  not_found: { grpc: 'NOT_FOUND', retry: 'never' },
  conflict: { grpc: 'FAILED_PRECONDITION', retry: 'never' },
  budget_exceeded: { grpc: 'FAILED_PRECONDITION', retry: 'never' },
  rate_limited: { grpc: 'RESOURCE_EXHAUSTED', retry: 'backoff' },
  unavailable: { grpc: 'UNAVAILABLE', retry: 'backoff' },
  timeout: { grpc: 'DEADLINE_EXCEEDED', retry: 'backoff' },
  malformed_reply: { grpc: 'INTERNAL', retry: 'backoff' },
  cancelled: { grpc: 'CANCELLED', retry: 'never' },
  store_failed: { grpc: 'INTERNAL', retry: 'never' },
  internal: { grpc: 'INTERNAL', retry: 'never' },
} as const satisfies Record<string, { grpc: string; retry: 'never' | 'backoff' }>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  /** Which one: account, region, file, option. */
  readonly where?: string;
  /** What the reader can do about it, as a sentence or a command. */
  readonly fix?: string;
  /** How long the other side asked us to wait. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Every failure that a user or a peer may see: `message` says what, `where` which, `cause` why, `fix` what to do. */
export class CollectError extends Error {
  override readonly name = 'CollectError';
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly fix: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.fix = details.fix;
    this.retryAfterMs = details.retryAfterMs;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retry === 'backoff';
  }

  /** What was caught, as one of ours; `internal` where nobody recognised it. Used once, at a room's edge. */
  static from(caught: unknown): CollectError {
    if (caught instanceof CollectError) return caught;
    const message = caught instanceof Error ? caught.message : String(caught);
    const aborted = caught instanceof Error && caught.name === 'AbortError';
    return new CollectError(aborted ? 'cancelled' : 'internal', message, { cause: caught });
  }
}

/** An error as it is stored, sent and shown. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly where?: string;
  readonly fix?: string;
}

export function reportOf(error: CollectError): ErrorReport {
  return {
    code: error.code,
    message: error.message,
    ...(error.where === undefined ? {} : { where: error.where }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
  };
}
