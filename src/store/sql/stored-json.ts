import { z } from 'zod';
import { CollectError } from '#model/errors.ts';

/** JSON that came back from disk, as what was written. @throws CollectError `store_failed` where it is not that */
export function parseStored<T>(schema: z.ZodType<T>, text: string, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CollectError('store_failed', 'a stored value is not JSON', { where, cause });
  }
  return checkStored(schema, value, where);
}

/** A value that came back from the database, as what was written. @throws CollectError `store_failed` where it is not that */
export function checkStored<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CollectError('store_failed', `a stored value has another shape: ${z.prettifyError(parsed.error)}`, {
    where,
  });
}
