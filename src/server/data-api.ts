import { z } from 'zod';

/* What the API says of the store itself. The console takes these types. */

const count = z.int();

export const DataReply = z
  .strictObject({
    database: z.enum(['embedded', 'postgresql']),
    size_bytes: count.describe('What the database takes up.'),
    schema: z.strictObject({ stored: count, known: count }).readonly(),
    servers: count.describe('Resources of all types.'),
    accounts: count,
    runs: count,
  })
  .readonly();
export type DataReply = z.infer<typeof DataReply>;

export const Diagnostics = z
  .record(z.string(), z.unknown())
  .describe('By name, what whoever helps has to know. No secret is in it.');
export type Diagnostics = z.infer<typeof Diagnostics>;
