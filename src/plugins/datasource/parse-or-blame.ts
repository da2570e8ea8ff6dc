import type { z } from 'zod';
import { CollectError } from '#model/errors.ts';

/** What a platform sent of a resource, in one of the forms that we know. @throws CollectError `invalid_input` naming the field */
export function parseOrBlame<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'query';
  throw new CollectError('invalid_input', `${field}: ${issue?.message ?? 'malformed'}`, { where: field });
}
