import { z } from 'zod';
import { CollectError, type ErrorCode } from '#model/errors.ts';
import type { Api } from './catalog.ts';

/** A reply that is none of success. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const Details = z.object({
  code: z.string().optional(),
  message: z.string().optional(),
  additionalInfo: z.array(z.unknown()).optional(),
  details: z.array(z.object({ code: z.string().optional(), message: z.string().optional() })).optional(),
});

/** The metrics API of a single resource leaves out the envelope. */
const ErrorBody = z.union([z.object({ error: Details }).transform(({ error }) => error), Details]);
type ErrorBody = z.infer<typeof ErrorBody>;

const longestMessage = 500;

/** What Azure refused, as one of ours. @param account the subscription, or `tenant` */
export function fromRefusal(
  { status, headers, text }: Refusal,
  api: Api,
  account: string,
  region: string,
): CollectError {
  const body = bodyOf(text);
  const code = codeOf(status, body, api);
  const fix = fixOf(code, status, body, api, account);
  const retryAfterMs = retryAfter(headers);
  return new CollectError(code, messageOf(api, status, body), {
    where: `${account}/${region}`,
    ...(fix === undefined ? {} : { fix }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** What fetch threw: nobody answered, or the connection broke. */
export function fromNetwork(caught: unknown, api: Api, where: string): CollectError {
  if (caught instanceof CollectError) return caught;
  if (!(caught instanceof Error) || caught.name === 'AbortError' || caught.name === 'TimeoutError')
    return CollectError.from(caught);
  const { cause } = caught;
  const detail = cause instanceof Error && 'code' in cause ? `${cause.code}: ${cause.message}` : caught.message;
  return new CollectError('unavailable', `${api}: ${detail}`, {
    where,
    cause: caught,
    fix: 'check the network and the endpoint, then run `fleetgauge collect --resume`',
  });
}

function bodyOf(text: string): ErrorBody {
  try {
    const parsed = ErrorBody.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

function messageOf(api: Api, status: number, { code, message, details = [] }: ErrorBody): string {
  const parts = [code, message, ...details.flatMap((detail) => [detail.code, detail.message])];
  const said = [...new Set(parts)].filter((part) => part !== undefined && part !== '').join(': ');
  return `${api}: ${status}${said === '' ? '' : ` ${said}`}`.slice(0, longestMessage);
}

function codeOf(status: number, body: ErrorBody, api: Api): ErrorCode {
  switch (status) {
    case 401:
      // The metrics service says so of a role that is missing, too.
      return api === 'monitor:getBatch' && !isAboutToken(body) ? 'access_denied' : 'secret_rejected';
    case 403:
      return 'access_denied';
    case 404:
      return 'not_found';
    case 408:
      return 'timeout';
    case 409:
      return isUnregistered(body) ? 'access_denied' : 'invalid_query';
    case 429:
    case 529:
      return 'rate_limited';
    case 501:
      return 'invalid_query';
    default:
      if (body.details?.some(({ code }) => code === 'NoValidSubscriptionsInQueryRequest')) return 'access_denied';
      if (status < 500) return 'invalid_query';
      // Of the query, not of the moment: seen with some mixtures of resources, and gone with smaller ones.
      return JSON.stringify(body).includes('ArgumentOutOfRange') ? 'invalid_query' : 'unavailable';
  }
}

function isAboutToken({ code = '' }: ErrorBody): boolean {
  return /Token|AuthenticationFailed/i.test(code);
}

function isUnregistered({ code = '', message = '' }: ErrorBody): boolean {
  return /MissingSubscriptionRegistration|not registered/i.test(`${code} ${message}`);
}

function fixOf(code: ErrorCode, status: number, body: ErrorBody, api: Api, account: string): string | undefined {
  switch (code) {
    case 'access_denied':
      return accessFix(status, body, api, account);
    case 'secret_rejected':
      return 'check the credentials: `fleetgauge account test <name>`';
    case 'unavailable':
    case 'timeout':
      return 'check the network and the endpoint, then run `fleetgauge collect --resume`';
    case 'rate_limited':
      return 'others use this quota too: try later';
    default:
      return undefined;
  }
}

function accessFix(status: number, body: ErrorBody, api: Api, account: string): string {
  const isMetrics = api === 'monitor:getBatch' || api === 'monitor:metrics';
  if (isUnregistered(body) || (api === 'monitor:getBatch' && status === 403 && body.code !== 'AuthorizationFailed'))
    return `register the resource provider: az provider register --namespace Microsoft.Insights --subscription ${account}`;
  if (isMetrics)
    return `give the role on the subscription itself, not on its resources: az role assignment create --assignee <client id> --role "Monitoring Reader" --scope /subscriptions/${account}`;
  const scope = account === 'tenant' ? '<subscription id>' : account;
  return `give the role: az role assignment create --assignee <client id> --role Reader --scope /subscriptions/${scope}`;
}

/** `Retry-After` in seconds or as a date, or Resource Graph's own `hh:mm:ss`. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text !== null) {
    const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
    return Number.isNaN(ms) ? undefined : Math.max(0, ms);
  }
  const [, hours, minutes, seconds] =
    /^(\d\d):(\d\d):(\d\d)/.exec(headers.get('x-ms-user-quota-resets-after') ?? '') ?? [];
  if (hours === undefined) return undefined;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}
