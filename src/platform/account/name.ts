import { z } from 'zod';

const longest = 100;

/** What an account may be called by whoever adds it. */
export const AccountName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,99}$/u, 'a name has letters, digits, spaces and . _ @ -');

/**
 * What an account is called where nobody names it: `aws-123456789012`. Who we are in a cloud may be an address, or longer than a
 * name: what a name cannot have is a dash in it, and the rest is cut off.
 *
 * @param principal in the words of the cloud
 */
export function defaultName(provider: string, principal: string): string {
  return `${provider}-${principal}`
    .replaceAll(/[^\p{L}\p{N} ._@]+/gu, '-')
    .slice(0, longest)
    .replace(/[^\p{L}\p{N}]+$/u, '');
}
