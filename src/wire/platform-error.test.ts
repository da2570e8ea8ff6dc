import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectError, type ErrorCode, errorCodes } from '#model/errors.ts';
import { Endpoint } from './endpoint.ts';
import { fromGrpc, requiredParameter, toGrpc } from './platform-error.ts';

describe('toGrpc', () => {
  it.each([
    { code: 'invalid_input', want: [status.INVALID_ARGUMENT, 'ERROR_INVALID_PARAMETER: It is so.'] },
    { code: 'secret_rejected', want: [status.UNAUTHENTICATED, 'ERROR_AUTHENTICATE_FAILURE: It is so.'] },
    { code: 'access_denied', want: [status.PERMISSION_DENIED, 'ERROR_PERMISSION_DENIED: It is so.'] },
    { code: 'not_found', want: [status.NOT_FOUND, 'ERROR_NOT_FOUND: It is so.'] },
  ] as const)('says $code as Cloudforet does', ({ code, want }) => {
    const { code: got, details } = toGrpc(new CollectError(code, 'It\nis  so.'));
    expect([got, details]).toEqual(want);
  });

  it('has a more exact code for what is missing', () => {
    const { details } = toGrpc(requiredParameter('options'));
    expect(details).toBe('ERROR_REQUIRED_PARAMETER: Required parameter. (key = options)');
  });

  it('keeps the text of any other error to itself', () =>
    fc.assert(
      fc.property(fc.uuid(), (secret) => {
        expect(toGrpc(new Error(secret)).details).not.toContain(secret);
      }),
    ));
});

describe('fromGrpc', () => {
  const same = (Object.keys(errorCodes) as ErrorCode[]).filter(
    (code) => !['invalid_query', 'malformed_reply', 'store_failed', 'budget_exceeded'].includes(code),
  );
  it.each(same)('brings %s back', (code) => {
    expect(fromGrpc(toGrpc(new CollectError(code, 'It is: so.')), 'here')).toMatchObject({
      code,
      message: 'It is: so.',
    });
  });

  it.each([
    { details: 'ERROR_SOMETHING_NEW: It is: so.', code: status.NOT_FOUND, want: ['not_found', 'It is: so.'] },
    { details: 'ERROR_AUTHENTICATE_FAILURE: No.', code: status.INTERNAL, want: ['secret_rejected', 'No.'] },
    { details: 'Connection dropped', code: status.UNAVAILABLE, want: ['unavailable', 'Connection dropped'] },
    { details: '', code: status.DATA_LOSS, want: ['internal', 'DATA_LOSS'] },
  ])('reads "$details"', ({ details, code, want }) => {
    const error = fromGrpc({ code, details }, 'here');
    expect([error.code, error.message]).toEqual(want);
  });
});

describe('Endpoint', () => {
  it.each([
    { url: 'grpc://host:50051', want: { address: 'host:50051', tls: false } },
    { url: 'grpc+ssl://host.example.com:443/v1', want: { address: 'host.example.com:443', tls: true } },
    { url: 'grpc://[::1]:1', want: { address: '[::1]:1', tls: false } },
  ])('reads $url', ({ url, want }) => {
    expect(Endpoint.parse(url)).toEqual(want);
  });

  it.each(['http://host:80', 'grpc://host', 'grpc://:1', 'host:50051', ''])('refuses "%s"', (url) => {
    expect(Endpoint.safeParse(url).success).toBe(false);
  });
});
