import { spawn } from 'node:child_process';
import { access, glob, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CollectorOptions } from '#plugins/collector/options.ts';
import { limits, maxQueriesPerCall } from '#providers/aws/catalog.ts';
import { demoAccounts } from '../src/demo/aws/accounts.ts';
import { type AwsCloud, startAwsCloud } from '../src/demo/aws/server.ts';

const root = new URL('..', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

let cloud: AwsCloud;
let folder: string;
beforeAll(async () => {
  cloud = await startAwsCloud();
  folder = await mkdtemp(join(tmpdir(), 'fleetgauge-docs-'));
});
afterAll(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true });
});

/** The commands of a page: lines of its `sh` blocks that start with our name. */
function commandsOf(page: string): string[] {
  return [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) =>
    (block ?? '')
      .split('\n')
      .filter((line) => line.startsWith('fleetgauge '))
      .map((line) => line.replace(/ +#.*/, '')),
  );
}

/** Runs a command line as a reader would, against the simulated cloud. */
async function run(line: string): Promise<{ code: number | null; stderr: string }> {
  const [account] = demoAccounts;
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    FLEETGAUGE_DATA: folder,
    AWS_ENDPOINT_URL: cloud.url,
    AWS_ACCESS_KEY_ID: account.accessKeyId,
    AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
  };
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('src/cli/main.ts', root)), ...line.split(/ +/).slice(1)],
    { env, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stderr };
}

describe('examples', async () => {
  const lines = commandsOf(await read('README.md'));
  it('are there', () => {
    expect(lines.length).toBeGreaterThan(4);
  });
  // In their order, since a reader's later commands find what the earlier ones stored.
  it.each(lines)(
    '%s',
    async (line) => {
      const { code, stderr } = await run(line);
      expect(stderr).not.toContain('fault of fleetgauge');
      expect(code, stderr).toBe(0);
    },
    60_000,
  );
});

describe('what docs say of the code', () => {
  it('the policy allows exactly what is called', async () => {
    const policy = /```json\n(.*?)```/s.exec(await read('docs/aws.md'))?.[1] ?? '';
    const { Statement: statements } = JSON.parse(policy);
    expect(statements[0].Action.toSorted()).toEqual(
      Object.keys(limits)
        .filter((api) => !api.startsWith('sts:'))
        .toSorted(),
    );
  });

  it('the limits are those that are kept', async () => {
    const page = await read('docs/aws.md');
    const { perSecond, pointsPerSecond } = limits['cloudwatch:GetMetricData'];
    expect(page).toContain(
      `${perSecond} calls/s (AWS: 50), ${pointsPerSecond.toLocaleString('en-US')} points/s (AWS: 396,000), ${maxQueriesPerCall} queries a call`,
    );
    expect(page).toContain(`${limits['cloudwatch:ListMetrics'].perSecond} calls/s (AWS: 25)`);
  });

  it('every option of the collector is explained', async () => {
    const page = await read('docs/cloudforet.md');
    for (const option of Object.keys(CollectorOptions.shape)) expect(page).toContain(`| \`${option}\` |`);
  });

  it('every file that they name is there', async () => {
    const pages = ['README.md', ...(await Array.fromAsync(glob('docs/**/*.md', { cwd: root })))];
    expect(pages.length).toBeGreaterThan(20);
    for (const page of pages) {
      const links = [...(await read(page)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
      for (const link of links)
        await expect(access(new URL(link, new URL(page, root))), `${page} links to ${link}`).resolves.toBeUndefined();
    }
  });

  it('every page that the code names is there', async () => {
    const sources = glob('{src,bin,console/src}/**/*.{ts,tsx,cjs}', {
      cwd: fileURLToPath(root),
      exclude: (name) => /node_modules|\.test\./.test(name),
    });
    let named = 0;
    for await (const source of sources) {
      const text = (await read(source)).replaceAll(/\n\s*\*\s/g, ' ');
      // Other projects have pages, too.
      for (const [path] of text.matchAll(/(?<!github\.com\/[\w-]+\/[\w-]+, |[\w.-]\/)\bdocs\/[\w./-]+\.\w+/g)) {
        named++;
        await expect(read(path), `${source} names ${path}`).resolves.toBeTruthy();
      }
    }
    expect(named).toBeGreaterThan(5);
  });

  it('every decision is in the list', async () => {
    const list = await read('docs/adr/README.md');
    for (const name of await readdir(new URL('docs/adr', root)))
      if (/^\d/.test(name)) expect(list).toContain(`(${name})`);
  });
});
