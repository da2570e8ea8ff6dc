import { z } from 'zod';
import { percentKeys } from '#store/record-shapes.ts';

const count = z.int();

export const ServerTile = z
  .strictObject({
    id: count.nullable().describe('Of the server; null where the tile is many of them.'),
    name: z.string(),
    servers: count,
    measured: count.describe('Those with a value.'),
    value: z.number().nullable().describe('In percent, the mean of those with a value; null where none has one.'),
    vcpus: z.number().describe('Of the servers whose type says it.'),
    unsized: count.describe('Servers whose number of vCPUs is not known.'),
  })
  .readonly();
export type ServerTile = z.infer<typeof ServerTile>;

export const ServerGroups = z
  .strictObject({
    key: z.enum(percentKeys),
    level: z
      .enum(['server', 'type', 'region', 'account'])
      .describe('What a tile is: the finest of which there are not too many.'),
    servers: count,
    measured: count,
    groups: z
      .array(
        z
          .strictObject({
            account: z.string(),
            region: z.string().nullable().describe('Null where tiles are accounts.'),
            tiles: z.array(ServerTile).readonly(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type ServerGroups = z.infer<typeof ServerGroups>;
