import { z } from 'zod';
import { percentKeys } from '#store/record-shapes.ts';

const count = z.int();
const PercentKey = z.enum(percentKeys);
const Range = z
  .strictObject({ from: z.number(), to: z.number().nullable() })
  .readonly()
  .describe('In percent, `[from, to)`; null has no end.');

export const ServerBins = z
  .strictObject({
    x: PercentKey,
    y: PercentKey,
    columns: count.describe('Hexagons side by side in 0 to 100 % of `x`.'),
    rows: count.describe('Rows of hexagons in 0 to 100 % of `y`.'),
    bins: z
      .array(z.tuple([count, count, count]).readonly())
      .readonly()
      .describe(
        '`[column, row, servers]`: the centre lies at 100 % × column / columns, half a column more in odd rows, and at 100 % × row / rows. What is above 100 % is in the last one.',
      ),
    servers: count.describe('That the query lets through.'),
    measured: count.describe('Of them, those with a value of both keys. The others are in no hexagon.'),
    corners: z
      .array(z.strictObject({ name: z.enum(['idle', 'spiky', 'hot']), x: Range, y: Range, servers: count }).readonly())
      .readonly(),
  })
  .readonly();
export type ServerBins = z.infer<typeof ServerBins>;
