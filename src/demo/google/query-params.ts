import { ApiError, invalidField } from './errors.ts';

/** Parameters that every Google API takes besides its own. */
const systemParams = new Set(
  ['alt', '$alt', 'fields', '$fields', 'key', 'prettyPrint', '$prettyPrint', 'quotaUser', 'userIp', '$.xgafv'].concat([
    'access_token',
    'oauth_token',
    'uploadType',
    'upload_protocol',
    'callback',
  ]),
);

/**
 * Refuses parameters that a method does not have.
 *
 * @param names of its own parameters, in camelCase; snake_case is taken too
 * @throws ApiError
 */
export function checkParams(params: URLSearchParams, names: readonly string[]): void {
  for (const name of params.keys()) {
    if (systemParams.has(name) || names.includes(camelCase(name))) continue;
    throw new ApiError(
      'INVALID_ARGUMENT',
      `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`,
      { reason: 'badRequest' },
    );
  }
}

/** The one value of a parameter, or undefined. */
export function textParam(params: URLSearchParams, name: string): string | undefined {
  return params.get(name) ?? params.get(snakeCase(name)) ?? undefined;
}

/** All values of a parameter that may come more than once. */
export function textParams(params: URLSearchParams, name: string): readonly string[] {
  return [...new Set([name, snakeCase(name)])].flatMap((either) => params.getAll(either));
}

/** A parameter that is a whole number; absent and 0 both mean the default. @throws ApiError */
export function countParam(params: URLSearchParams, name: string, standard: number): number {
  const text = textParam(params, name) ?? '';
  if (text === '') return standard;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw invalidField(name, text, 'Value must be a non-negative integer.');
  return count === 0 ? standard : count;
}

/** A parameter that is an instant in RFC 3339, as epoch seconds. @throws ApiError */
export function timeParam(params: URLSearchParams, name: string): number | undefined {
  const text = textParam(params, name);
  if (text === undefined) return undefined;
  const wellFormed = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.test(text);
  const ms = wellFormed ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw invalidField(name, text, `Invalid value at '${name}' (type.googleapis.com/google.protobuf.Timestamp).`);
  return ms / 1000;
}

/** A parameter that is a duration such as `3600s`, in seconds. @throws ApiError */
export function durationParam(params: URLSearchParams, name: string): number | undefined {
  const text = textParam(params, name);
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d{1,9})?)s$/.exec(text);
  if (match === null) {
    throw invalidField(name, text, `Invalid value at '${name}' (type.googleapis.com/google.protobuf.Duration).`);
  }
  return Number(match[1]);
}

/** An instant as Google writes it, without a fraction where there is none. */
export function timestamp(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
