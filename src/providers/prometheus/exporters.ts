import { CollectError } from '#model/errors.ts';
import type { Exporter } from './exporters/exporter.ts';
import { kubernetes } from './exporters/kubernetes.ts';
import { libvirtExporter } from './exporters/libvirt-exporter.ts';
import { nodeExporter } from './exporters/node-exporter.ts';
import { windowsExporter } from './exporters/windows-exporter.ts';

/** Where two tell of the same machine, the first one counts. */
export const exporters: readonly Exporter[] = [nodeExporter, windowsExporter, libvirtExporter, kubernetes];

/** The row that a server was found by. */
export function exporterOf({ exporter }: { readonly exporter: string }): Exporter {
  const found = exporters.find(({ id }) => id === exporter);
  if (found === undefined) throw new CollectError('internal', `there is no exporter '${exporter}'`);
  return found;
}
