import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '#model/errors.ts';
import type { Api } from './catalog.ts';
import { fromRefusal } from './errors.ts';

const account = '30000000-0000-4000-8000-000000000011';

function refusal(api: Api, status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fromRefusal({ status, headers: new Headers(headers), text }, api, account, 'westeurope');
}

describe('a refusal', () => {
  it.each<{ api: Api; status: number; body: unknown; code: ErrorCode }>([
    { api: 'monitor:getBatch', status: 401, body: { error: { code: 'AuthorizationFailed' } }, code: 'access_denied' },
    {
      api: 'monitor:getBatch',
      status: 401,
      body: { error: { code: 'ExpiredAuthenticationToken' } },
      code: 'secret_rejected',
    },
    { api: 'resourcegraph:resources', status: 401, body: { error: { code: 'Whatever' } }, code: 'secret_rejected' },
    { api: 'compute:skus', status: 403, body: { error: { code: 'AuthorizationFailed' } }, code: 'access_denied' },
    { api: 'monitor:metrics', status: 404, body: { code: 'ResourceNotFound', message: 'gone' }, code: 'not_found' },
    {
      api: 'monitor:metrics',
      status: 409,
      body: { error: { code: 'MissingSubscriptionRegistration' } },
      code: 'access_denied',
    },
    { api: 'monitor:getBatch', status: 400, body: { error: { code: 'BadRequest' } }, code: 'invalid_query' },
    { api: 'monitor:getBatch', status: 429, body: 'slow down', code: 'rate_limited' },
    { api: 'monitor:getBatch', status: 529, body: '', code: 'rate_limited' },
    { api: 'monitor:getBatch', status: 501, body: {}, code: 'invalid_query' },
    { api: 'monitor:getBatch', status: 500, body: '<html>', code: 'unavailable' },
    { api: 'compute:skus', status: 503, body: { error: { code: 'ServerTimeout' } }, code: 'unavailable' },
    {
      api: 'monitor:getBatch',
      status: 500,
      body: {
        error: {
          code: 'InternalServerError',
          additionalInfo: [{ type: 'string', info: 'ExceptionType=System.ArgumentOutOfRangeException' }],
        },
      },
      code: 'invalid_query',
    },
    {
      api: 'resourcegraph:resources',
      status: 400,
      body: { error: { code: 'BadRequest', details: [{ code: 'NoValidSubscriptionsInQueryRequest' }] } },
      code: 'access_denied',
    },
  ])('$status of $api with $body is $code', ({ api, status, body, code }) => {
    expect(refusal(api, status, body)).toMatchObject({ code, where: `${account}/westeurope` });
  });

  it('says what Azure said', () => {
    const { message } = refusal('monitor:metrics', 404, {
      code: 'ResourceNotFound',
      message: 'The Resource was not found.',
    });
    expect(message).toBe('monitor:metrics: 404 ResourceNotFound: The Resource was not found.');
  });

  it.each([
    { headers: { 'retry-after': '17' }, ms: 17_000 },
    { headers: { 'x-ms-user-quota-resets-after': '00:00:05' }, ms: 5000 },
    { headers: { 'retry-after': 'soon' }, ms: undefined },
    { headers: {}, ms: undefined },
  ])('with $headers asks to wait $ms ms', ({ headers, ms }) => {
    expect(refusal('monitor:getBatch', 429, '', headers).retryAfterMs).toBe(ms);
  });

  it('takes a date to wait for', () => {
    const headers = { 'retry-after': new Date(Date.now() + 60_000).toUTCString() };
    const { retryAfterMs = 0 } = refusal('monitor:getBatch', 429, '', headers);
    expect(Math.abs(retryAfterMs - 60_000)).toBeLessThan(5000);
  });

  it.each<{ api: Api; status: number; code: string; fix: string }>([
    {
      api: 'monitor:getBatch',
      status: 401,
      code: 'AuthorizationFailed',
      fix: `--role "Monitoring Reader" --scope /subscriptions/${account}`,
    },
    { api: 'monitor:getBatch', status: 403, code: 'AuthorizationFailed', fix: 'Monitoring Reader' },
    {
      api: 'monitor:getBatch',
      status: 403,
      code: 'Forbidden',
      fix: `az provider register --namespace Microsoft.Insights --subscription ${account}`,
    },
    {
      api: 'compute:skus',
      status: 403,
      code: 'AuthorizationFailed',
      fix: `--role Reader --scope /subscriptions/${account}`,
    },
  ])('$status $code of $api says what to do', ({ api, status, code, fix }) => {
    expect(refusal(api, status, { error: { code } }).fix).toContain(fix);
  });
});
