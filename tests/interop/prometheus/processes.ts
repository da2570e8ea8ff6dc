import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Part } from '../../e2e/parts.ts';
import { startProcess } from '../../e2e/run-cli.ts';
import { nodeExporterPart, prometheusPart, promtoolPart } from './parts.ts';

export interface Running extends AsyncDisposable {
  readonly url: string;
}

/** A real Prometheus on a free loopback port. */
export async function startPrometheus(
  folder: string,
  options: { readonly config?: string; readonly flags?: readonly string[] } = {},
): Promise<Running> {
  const port = await freePort();
  const config = join(folder, `prometheus-${port}.yml`);
  await writeFile(config, options.config ?? 'global: {}\n');
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--storage.tsdb.retention.time=1y',
    `--web.listen-address=127.0.0.1:${port}`,
    ...(options.flags ?? []),
  ];
  const server = startProcess(pathOf(prometheusPart), flags, { home: folder });
  await server.saw(/Server is ready to receive web requests/);
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void (await server.stop()) };
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
  const address = `127.0.0.1:${await freePort()}`;
  const server = startProcess(pathOf(nodeExporterPart), [`--web.listen-address=${address}`], { home: folder });
  await server.saw(/Listening on/);
  return { address, url: `http://${address}`, [Symbol.asyncDispose]: async () => void (await server.stop()) };
}

function pathOf({ path, reason }: Part): string {
  if (path === undefined) throw new Error(reason);
  return path;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
