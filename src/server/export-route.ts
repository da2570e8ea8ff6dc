import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { demoColumn, exportColumns } from '#platform/inventory/export/columns.ts';
import { exportFormNames, exportForms, exportServers } from '#platform/inventory/export/export.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import { conditionOfText } from '#store/query/text.ts';
import { rawRoute } from './route.ts';
import { TypeName } from './server-query.ts';
import type { ServerSource } from './server-routes.ts';

const ExportQuery = z.strictObject({
  format: z.enum(exportFormNames).default('csv'),
  type: TypeName,
  q: z.string().max(2000).exactOptional().meta({ description: '`provider:aws cpu.p95:<5 mem:none -account:sandbox`' }),
  columns: z
    .string()
    .max(4000)
    .transform((names) => names.split(','))
    .exactOptional()
    .meta({ description: '`name,cpu.utilization.p95,cpu.utilization.missing,tag.env`; the usual ones where absent' }),
});

interface ExportSource extends ServerSource {
  readonly demo: boolean;
}

export function exportRoute(app: FastifyInstance, { store, types, demo, now }: ExportSource): void {
  rawRoute(
    app,
    'GET',
    '/servers/export',
    {
      id: 'exportServers',
      summary: 'Servers and how used they are as a file; what is absent is blank, and never 0.',
      query: ExportQuery,
      replies: {
        status: 200,
        types: Object.values(exportForms),
        about: 'A row a server, by id. A connection that breaks off is an export that is not whole.',
      },
    },
    async ({ query: { format, type, q, columns: names }, reply }) => {
      const columns = exportColumns(names);
      const ofType = conditionOfType(type, types);
      const condition = q === undefined ? ofType : { all: [ofType, conditionOfText(q)] };
      const bytes = exportServers(store.inventory, {
        form: format,
        columns: demo ? [demoColumn, ...columns] : columns,
        filter: { condition },
      });
      const name = `fleetgauge${demo ? '-DEMO' : ''}-servers-${new Date(now()).toISOString().slice(0, 10)}.${format}`;
      reply.header('content-disposition', `attachment; filename="${name}"`).type(exportForms[format]);
      return reply.send(Readable.from(bytes, { objectMode: false, highWaterMark: 1 }));
    },
  );
}
