import { createHmac } from 'node:crypto';

/** Seals whole numbers into a text that callers cannot read or forge. */
export function sealToken(key: string, numbers: readonly number[]): string {
  const payload = Buffer.from(numbers.map((n) => n.toString(36)).join('.')).toString('base64url');
  return `${payload}~${seal(key, payload)}`;
}

/** Opens what {@link sealToken} sealed under the same key; undefined for anything else. */
export function openToken(key: string, token: string): readonly number[] | undefined {
  const [payload = '', signature] = token.split('~');
  if (signature !== seal(key, payload)) return undefined;
  return Buffer.from(payload, 'base64url')
    .toString()
    .split('.')
    .map((digits) => Number.parseInt(digits, 36));
}

function seal(key: string, payload: string): string {
  return createHmac('sha256', `fleetgauge-demo ${key}`).update(payload).digest('base64url').slice(0, 24);
}
