import { readFile } from 'node:fs/promises';
import { Argument, type Command, Option } from 'commander';
import { CollectError } from '#model/errors.ts';
import { collectorServices } from '#plugins/collector/service.ts';
import { dataSourceServices } from '#plugins/datasource/service.ts';
import { dataSourceProviders } from '#plugins/datasource/sources.ts';
import type { Generation } from '#wire/generation.ts';
import { type ServerTls, serve } from '#wire/server.ts';
import type { Service } from '#wire/service.ts';
import { onInterrupt } from '../interrupt.ts';
import { parsePort } from '../parse-port.ts';
import { note } from '../say.ts';
import { version } from '../version.ts';

interface PluginFlags {
  readonly generation: Generation;
  readonly host: string;
  readonly port: number;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
  readonly tlsClientCa?: string;
}

/** The port that Cloudforet's supervisor expects. */
const defaultPort = 50_051;

export function addPluginCommand(program: Command): void {
  const plugin = program
    .command('plugin')
    .configureHelp({ showGlobalOptions: true })
    .addOption(
      new Option('--generation <name>', "whose wire contract: Cloudforet 2.x, or 1.x's")
        .choices(['v1', 'v2'])
        .env('FLEETGAUGE_GENERATION')
        .default('v2'),
    )
    .option('--host <address>', 'to listen on', '0.0.0.0')
    .option('--port <n>', '0 for any that is free', parsePort, defaultPort)
    .option('--tls-key <file>', 'PEM; with --tls-cert, instead of cleartext')
    .option('--tls-cert <file>', 'PEM')
    .option('--tls-client-ca <file>', 'PEM; clients must then show a certificate that it signed')
    .action(async (flags: PluginFlags) => {
      using dataSources = dataSourceServices(flags.generation);
      const services = [...collectorServices(flags.generation, { onNotice: note }), ...dataSources.services];
      await servePlugin('Collector and data sources', services, flags);
    });
  // The flags of `plugin` are those of its parts, wherever they stand on the line.
  const flagsOf = () => plugin.opts<PluginFlags>();

  plugin
    .command('collector')
    .description('the collector alone: init, verify, get_tasks and collect')
    .action(() => servePlugin('Collector', collectorServices(flagsOf().generation, { onNotice: note }), flagsOf()));

  plugin
    .command('datasource')
    .description("a data source alone: init, verify, and a cloud's own metrics by list and get_data")
    .addArgument(new Argument('<provider>', 'whose metrics').choices(dataSourceProviders))
    .action(async (provider: string) => {
      using dataSource = dataSourceServices(flagsOf().generation, { provider });
      await servePlugin(`Data source of ${provider}`, dataSource.services, flagsOf());
    });
}

async function servePlugin(
  what: string,
  services: readonly Service[],
  { generation, host, port, ...flags }: PluginFlags,
): Promise<void> {
  using interrupt = onInterrupt(note);
  const tls = await tlsFrom(flags);
  const listening = await serve({
    generation,
    services,
    version,
    host,
    port,
    signal: interrupt.stopping,
    ...(tls === undefined ? {} : { tls }),
    onError: (error, path) => note(`${path}: ${error instanceof Error ? error.message : String(error)}`),
  });
  note(
    `${what} for Cloudforet ${generation} at grpc${tls === undefined ? '' : '+ssl'}://${host}:${listening.port}   Ctrl-C stops`,
  );
  await listening.closed;
}

async function tlsFrom({
  tlsKey,
  tlsCert,
  tlsClientCa,
}: Pick<PluginFlags, 'tlsKey' | 'tlsCert' | 'tlsClientCa'>): Promise<ServerTls | undefined> {
  if (tlsKey === undefined && tlsCert === undefined && tlsClientCa === undefined) return undefined;
  if (tlsKey === undefined || tlsCert === undefined)
    throw new CollectError('invalid_input', 'TLS needs both --tls-key and --tls-cert');
  const [key, certificate, clientAuthority] = await Promise.all(
    [tlsKey, tlsCert, tlsClientCa].map((file) => (file === undefined ? undefined : readPem(file))),
  );
  return {
    key: key ?? '',
    certificate: certificate ?? '',
    ...(clientAuthority === undefined ? {} : { clientAuthority }),
  };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CollectError('invalid_input', 'the file cannot be read', { where: file, cause });
  }
}
