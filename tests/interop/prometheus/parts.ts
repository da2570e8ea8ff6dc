import { existsSync } from 'node:fs';
import type { Part } from '../../e2e/parts.ts';

/** Programs of Debian's packages. */
export const prometheusPart = find('prometheus', '/usr/bin/prometheus');
export const promtoolPart = find('prometheus', '/usr/bin/promtool');
export const nodeExporterPart = find('prometheus-node-exporter', '/usr/bin/prometheus-node-exporter');

function find(name: string, path: string): Part {
  return {
    path: existsSync(path) ? path : undefined,
    reason: `${name} is not on this machine. Get it: apt-get install --no-install-recommends ${name}`,
  };
}
