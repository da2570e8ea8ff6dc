import { z } from 'zod';
import { CollectError, type ErrorCode } from '#model/errors.ts';

/** An API that was never switched on, and in which project (`projects/123`). */
export class ServiceDisabledError extends CollectError {
  readonly consumer: string;

  constructor(consumer: string, ...rest: ConstructorParameters<typeof CollectError>) {
    super(...rest);
    this.consumer = consumer;
  }
}

/** Cloud Monitoring ran out of time over a query: to ask again would not help, to ask for less does. */
export class TooHeavyError extends CollectError {}

/** An error as all of Google's APIs write it; of `details` those that say why and when. */
const ErrorBody = z.object({
  error: z.object({
    message: z.string().default(''),
    status: z.string().default(''),
    errors: z.array(z.object({ reason: z.string().optional() })).default([]),
    details: z
      .array(
        z.object({
          reason: z.string().optional(),
          retryDelay: z.string().optional(),
          metadata: z.record(z.string(), z.string()).optional(),
        }),
      )
      .default([]),
  }),
});

/** What a refusing answer says. */
interface Refusal {
  readonly http: number;
  readonly status: string;
  readonly message: string;
  readonly reasons: readonly string[];
  /** `projects/123` */
  readonly consumer: string;
  readonly service: string;
  readonly retryAfterMs: number | undefined;
}

/** An answer that is none, as one of our errors. @param body as far as it is JSON */
export function fromAnswer(
  http: number,
  body: unknown,
  retryAfter: string | null,
  api: string,
  where: string,
): CollectError {
  const refusal = refusalOf(http, body, retryAfter);
  const code = codeOf(refusal);
  const message = `${api}: ${refusal.status || http}: ${refusal.message || 'no reason given'}`;
  const { retryAfterMs } = refusal;
  const fix = fixOf(code, refusal, api);
  const details = {
    where,
    ...(fix === undefined ? {} : { fix }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  if (refusal.reasons.includes('SERVICE_DISABLED'))
    return new ServiceDisabledError(refusal.consumer, code, message, details);
  if (code === 'timeout' && api === 'monitoring:timeSeries.list')
    return new TooHeavyError('invalid_query', message, details);
  return new CollectError(code, message, details);
}

/** What fetch threw, as one of ours; what it threw because we broke off stays as it is. */
export function fromFetch(caught: unknown, api: string, where: string): unknown {
  if (caught instanceof CollectError || isAbort(caught)) return caught;
  const why = caught instanceof Error && caught.cause instanceof Error ? caught.cause : caught;
  return new CollectError('unavailable', `${api}: ${why instanceof Error ? why.message : String(why)}`, {
    where,
    fix: fixes.unavailable,
  });
}

export function isAbort(caught: unknown): boolean {
  return caught instanceof Error && (caught.name === 'AbortError' || caught.name === 'TimeoutError');
}

/** What stands inside an answer, by number. Source: google/rpc/code.proto */
const rpcCodes: Readonly<Record<number, ErrorCode>> = {
  3: 'invalid_query',
  4: 'timeout',
  7: 'access_denied',
  8: 'rate_limited',
  16: 'secret_rejected',
};

/** An error that came beside results, as `executionErrors` do. */
export function fromExecution(error: { readonly code: number; readonly message: string }, where: string): CollectError {
  const code = rpcCodes[error.code] ?? 'unavailable';
  return new CollectError(code, `monitoring:timeSeries.list answered in part: ${error.message || 'no reason given'}`, {
    where,
    fix: 'run `fleetgauge collect --resume` later',
  });
}

function refusalOf(http: number, body: unknown, retryAfter: string | null): Refusal {
  const parsed = ErrorBody.safeParse(body);
  const { message, status, errors, details } = parsed.data?.error ?? {
    message: '',
    status: '',
    errors: [],
    details: [],
  };
  const metadata = details.find((detail) => detail.metadata !== undefined)?.metadata ?? {};
  const delay = retryAfter ?? details.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay?.replace(/s$/, '');
  const seconds = Number(delay);
  return {
    http,
    status,
    message,
    reasons: [...errors, ...details].flatMap(({ reason }) => reason ?? []),
    consumer: metadata.consumer ?? '',
    service: metadata.service ?? '',
    retryAfterMs: delay === undefined || Number.isNaN(seconds) ? undefined : seconds * 1000,
  };
}

/** Compute Engine answers 403 where others answer 429. */
const quotaReasons = ['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'RATE_LIMIT_EXCEEDED'];

function codeOf({ http, reasons }: Refusal): ErrorCode {
  if (http === 429 || (http === 403 && reasons.some((reason) => quotaReasons.includes(reason)))) return 'rate_limited';
  if (http === 401) return 'secret_rejected';
  if (http === 403) return 'access_denied';
  if (http === 404) return 'not_found';
  if (http === 408 || http === 504) return 'timeout';
  if (http >= 400 && http < 500) return 'invalid_query';
  return http >= 500 ? 'unavailable' : 'malformed_reply';
}

const roles: Readonly<Record<string, string>> = {
  'compute:instances.aggregatedList': 'roles/compute.viewer',
  'compute:disks.aggregatedList': 'roles/compute.viewer',
  'compute:machineTypes.get': 'roles/compute.viewer',
  'sqladmin:instances.list': 'roles/cloudsql.viewer',
  'monitoring:timeSeries.list': 'roles/monitoring.viewer',
  'monitoring:metricDescriptors.list': 'roles/monitoring.viewer',
  'resourcemanager:projects.search': 'roles/browser',
  'iamcredentials:generateAccessToken': 'roles/iam.serviceAccountTokenCreator on that account',
};

export const fixes = {
  unavailable: 'check the network and the endpoint, then run `fleetgauge collect --resume`',
  secret_rejected: 'check the credentials: `fleetgauge account test <name>`',
  rate_limited: 'others use this project’s quota too: try later, or ask Google to raise it',
} as const satisfies Partial<Record<ErrorCode, string>>;

function fixOf(code: ErrorCode, { reasons, service, consumer }: Refusal, api: string): string | undefined {
  if (reasons.includes('SERVICE_DISABLED'))
    return `gcloud services enable ${service} --project ${consumer.replace(/^projects\//, '')}`;
  if (reasons.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT'))
    return 'the access scopes of this machine leave the API out: set them to cloud-platform, roles decide then';
  switch (code) {
    case 'access_denied':
      return `grant ${roles[api] ?? 'the viewer role'} (docs/providers/google_cloud.md has all of them), or leave the project out`;
    case 'not_found':
      return 'check the project id';
    case 'secret_rejected':
    case 'rate_limited':
    case 'unavailable':
      return fixes[code];
    case 'timeout':
      return fixes.unavailable;
    default:
      return undefined;
  }
}
