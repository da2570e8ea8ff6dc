import { describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { fromAnswer, fromExecution, fromFetch, ServiceDisabledError, TooHeavyError } from './errors.ts';

const list = 'monitoring:timeSeries.list';
const compute = 'compute:instances.aggregatedList';
const body = (status: string, more: object = {}) => ({ error: { code: 0, message: 'as it is', status, ...more } });
const reason = (name: string, metadata: object = {}) => ({
  details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: name, metadata }],
});

describe('an answer that is none', () => {
  it.each([
    { http: 400, says: body('INVALID_ARGUMENT'), code: 'invalid_query' },
    { http: 401, says: body('UNAUTHENTICATED'), code: 'secret_rejected' },
    { http: 403, says: body('PERMISSION_DENIED'), code: 'access_denied' },
    { http: 403, says: body('', { errors: [{ reason: 'rateLimitExceeded' }] }), code: 'rate_limited' },
    { http: 403, says: body('', { errors: [{ reason: 'forbidden' }] }), code: 'access_denied' },
    { http: 404, says: body('NOT_FOUND'), code: 'not_found' },
    { http: 429, says: body('RESOURCE_EXHAUSTED'), code: 'rate_limited' },
    { http: 500, says: body('INTERNAL'), code: 'unavailable' },
    { http: 502, says: undefined, code: 'unavailable' },
    { http: 503, says: body('UNAVAILABLE'), code: 'unavailable' },
    { http: 504, says: body('DEADLINE_EXCEEDED'), code: 'timeout' },
  ])('of $http $says.error.status is $code', ({ http, says, code }) => {
    expect(fromAnswer(http, says, null, compute, 'here')).toMatchObject({ code, where: 'here' });
  });

  it('says when to come again, by header or in its details', () => {
    expect(fromAnswer(429, body('RESOURCE_EXHAUSTED'), '7', list, '').retryAfterMs).toBe(7000);
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }];
    expect(fromAnswer(503, body('UNAVAILABLE', { details }), null, list, '').retryAfterMs).toBe(1500);
    expect(fromAnswer(503, body('UNAVAILABLE'), null, list, '').retryAfterMs).toBeUndefined();
  });

  it('of a query that took too long is not put again as it is', () => {
    const error = fromAnswer(504, body('DEADLINE_EXCEEDED'), null, list, '');
    expect(error).toBeInstanceOf(TooHeavyError);
    expect(error.retryable).toBe(false);
  });

  it('names the API that is off, the project that it is off in, and the command', () => {
    const more = reason('SERVICE_DISABLED', { service: 'compute.googleapis.com', consumer: 'projects/42' });
    const error = fromAnswer(403, body('PERMISSION_DENIED', more), null, compute, '');
    expect(error).toBeInstanceOf(ServiceDisabledError);
    expect(error).toMatchObject({
      code: 'access_denied',
      consumer: 'projects/42',
      fix: 'gcloud services enable compute.googleapis.com --project 42',
    });
  });

  it('names the scopes where they are what is missing', () => {
    const error = fromAnswer(403, body('PERMISSION_DENIED', reason('ACCESS_TOKEN_SCOPE_INSUFFICIENT')), null, list, '');
    expect(error.fix).toContain('access scopes');
  });
});

it('a connection that broke is unavailable; one that we broke off stays what it is', () => {
  const broken = new TypeError('fetch failed', { cause: new Error('read ECONNRESET') });
  expect(fromFetch(broken, list, 'here')).toMatchObject({ code: 'unavailable', message: `${list}: read ECONNRESET` });
  const aborted = new DOMException('stop', 'AbortError');
  expect(fromFetch(aborted, list, 'here')).toBe(aborted);
  const ours = new CollectError('access_denied', 'no');
  expect(fromFetch(ours, list, 'here')).toBe(ours);
});

it.each([
  { code: 7, is: 'access_denied' },
  { code: 8, is: 'rate_limited' },
  { code: 14, is: 'unavailable' },
  { code: 99, is: 'unavailable' },
])('an error beside results with code $code is $is', ({ code, is }) => {
  expect(fromExecution({ code, message: 'why' }, 'here')).toMatchObject({ code: is });
});
