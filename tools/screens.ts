import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { z } from 'zod';

/**
 * Takes the pictures of docs/screens from the running demo: `node tools/screens.ts`, with CHROMIUM for where the browser is.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs/screens');
const data = await mkdtemp(join(tmpdir(), 'fleetgauge-screens-'));
const up = spawn(process.execPath, [join(root, 'src/cli/main.ts'), '--data', data, 'up', '--demo', '--port', '0'], {
  stdio: ['ignore', 'ignore', 'pipe'],
});

try {
  const url = await ready();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  await mkdir(pictures, { recursive: true });
  for (const scheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 800 },
      colorScheme: scheme,
      deviceScaleFactor: 1,
    });
    const server = await busiestServer(url);
    for (const [name, path] of Object.entries({
      overview: '/',
      servers: '/servers',
      server: `/servers/${server}`,
      job: '/jobs/1',
    })) {
      await page.goto(url + path, { waitUntil: 'networkidle' });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
      if (name === 'servers') await page.locator('tbody a').first().waitFor();
      await page.screenshot({ path: join(pictures, scheme === 'light' ? `${name}.png` : `${name}-dark.png`) });
    }
    await page.close();
  }
  await browser.close();
} finally {
  up.kill('SIGTERM');
  await new Promise((resolve) => up.on('close', resolve));
  await rm(data, { recursive: true });
}

/** The console's address, once the demo's run is over. */
function ready(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    up.stderr.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const url = /Console {2}(http\S+) {3}Ctrl-C stops/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    up.on('exit', () => reject(new Error(text)));
  });
}

/** One with an agent, so that memory is in the picture. */
async function busiestServer(url: string): Promise<number> {
  const reply = await fetch(`${url}/api/servers?sort=-memoryAvg&limit=1`);
  const { data } = z.object({ data: z.tuple([z.object({ id: z.number() })], z.unknown()) }).parse(await reply.json());
  return data[0].id;
}
