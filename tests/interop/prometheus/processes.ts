import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Part } from '../../e2e/parts.ts';
import { startProcess } from '../../e2e/run-cli.ts';
import { nodeExporterPart, prometheusPart, promtoolPart } from './parts.ts';

export interface Running extends AsyncDisposable {
  readonly url: string;
}

/** On a loopback port that it finds by itself: one that was found for it could be another's by then. */
const anyPort = '--web.listen-address=127.0.0.1:0';
const listens = /msg="?Listening on"? .*address=(\S+)\s/;

/** A real Prometheus. */
export async function startPrometheus(
  folder: string,
  options: { readonly config?: string; readonly flags?: readonly string[] } = {},
): Promise<Running> {
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, options.config ?? 'global: {}\n');
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--storage.tsdb.retention.time=1y',
    anyPort,
    ...(options.flags ?? []),
  ];
  const server = startProcess(pathOf(prometheusPart), flags, { home: folder });
  await server.saw(/Server is ready to receive web requests/);
  const [, address = ''] = await server.saw(listens);
  return { url: `http://${address}`, [Symbol.asyncDispose]: async () => void (await server.stop()) };
}

/** Turns samples in the OpenMetrics format into the blocks of `<folder>/data`. */
export async function importHistory(folder: string, file: string): Promise<void> {
  const data = join(folder, 'data');
  await mkdir(data, { recursive: true });
  const flags = ['tsdb', 'create-blocks-from', '--quiet', '--max-block-duration=744h', 'openmetrics', file, data];
  const { code, stderr, stdout } = await startProcess(pathOf(promtoolPart), flags, { home: folder }).ended;
  if (code !== 0) throw new Error(`promtool: ${stderr}${stdout}`);
}

/** A real node_exporter, of this machine. */
export async function startNodeExporter(folder: string): Promise<Running & { readonly address: string }> {
  const server = startProcess(pathOf(nodeExporterPart), [anyPort], { home: folder });
  const [, address = ''] = await server.saw(listens);
  return { address, url: `http://${address}`, [Symbol.asyncDispose]: async () => void (await server.stop()) };
}

function pathOf({ path, reason }: Part): string {
  if (path === undefined) throw new Error(reason);
  return path;
}
