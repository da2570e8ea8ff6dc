import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { root } from '../e2e/run-cli.ts';
import { temporaryFolder } from '../e2e/temporary-folder.ts';
import { go, goPath, pathOf } from './parts.ts';
import { run } from './run.ts';

export const chartFolder = join(root, 'deploy/helm/fleetgauge');

const source = fileURLToPath(new URL('render/main.go', import.meta.url));

const Rendered = z.object({
  /** Those given, over the chart's own. */
  values: z.record(z.string(), z.unknown()),
  /** Texts by path. */
  files: z.record(z.string(), z.string()),
});
export type Rendered = z.infer<typeof Rendered>;

export interface Renderer extends AsyncDisposable {
  /** As the release `gauge` in the namespace `ops`. @throws Error where the chart refuses the values, with its reason */
  render(values: object): Promise<Rendered>;
}

/** Go's template engine with sprig, which is what Helm renders with. */
export async function buildRenderer(): Promise<Renderer> {
  const folder = await temporaryFolder('renderer');
  const program = join(folder.path, 'render');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: goPath, GOFLAGS: '' };
  await run(pathOf(go), ['build', '-o', program, source], { cwd: root, env });
  return {
    render: async (values) => {
      const stdin = JSON.stringify({ values, release: { Name: 'gauge', Namespace: 'ops' } });
      return Rendered.parse(JSON.parse(await run(program, [chartFolder], { stdin })));
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** All objects of a rendered chart, in one YAML. */
export function manifestOf({ files }: Rendered): string {
  return Object.entries(files)
    .filter(([path]) => path.endsWith('.yaml'))
    .map(([, text]) => text)
    .join('\n---\n');
}
