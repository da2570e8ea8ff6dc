import { z } from 'zod';
import { CollectError } from '#model/errors.ts';

/** Where a page of a list that runs by id ended. */
const Cursor = z.strictObject({ list: z.string(), after: z.int().positive() });

/** @param list which one: the cursor of one list is none of another */
export function idCursor(list: string) {
  return {
    /** What `cursor=` may be. */
    schema: z
      .string()
      .max(200)
      .transform((text) => readCursor(list, text))
      .exactOptional()
      .meta({ description: '`meta.next` of the page before.' }),

    /**
     * Cuts what was read down to a page.
     *
     * @param found one more than the limit, where there is one
     */
    page<T>(
      found: readonly T[],
      limit: number,
      idOf: (row: T) => number,
    ): { rows: readonly T[]; meta: { next?: string } } {
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      if (found.length <= limit || last === undefined) return { rows, meta: {} };
      return { rows, meta: { next: writeCursor(list, idOf(last)) } };
    },
  };
}

function writeCursor(list: string, after: number): string {
  return Buffer.from(JSON.stringify({ list, after } satisfies z.infer<typeof Cursor>)).toString('base64url');
}

/** @throws CollectError `invalid_query` */
function readCursor(list: string, text: string): number {
  const cursor = Cursor.safeParse(jsonOf(Buffer.from(text, 'base64url').toString()));
  if (cursor.success && cursor.data.list === list) return cursor.data.after;
  throw new CollectError('invalid_query', 'this is no cursor of this list', { where: 'cursor' });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
