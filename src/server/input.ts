import { z } from 'zod';
import { CollectError } from '#model/errors.ts';

/**
 * What a peer sent, once it has the form that it must have.
 *
 * @throws CollectError `invalid_query` naming the first field that is wrong
 */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : undefined;
  throw new CollectError('invalid_query', issue?.message ?? 'the request is malformed', {
    where: unknown ?? (issue?.path.join('.') || 'the request'),
  });
}

/** The `:id` of a path. */
export const IdPath = z.object({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'an id is a whole number')
    .transform(Number),
});

/** A whole number in a query. @param usual where it is not given */
export function countIn(least: number, most: number, usual: number): z.ZodType<number> {
  const message = `a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((count) => count >= least && count <= most, message)
    .default(usual)
    .meta({ type: 'integer', minimum: least, maximum: most, default: usual });
}
