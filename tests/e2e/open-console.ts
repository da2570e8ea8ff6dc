import { openPage, type WatchedPage } from './browser.ts';
import { type RunningCli, startCli } from './run-cli.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The product as somebody has it: a process with a data folder of its own, and its console in a browser. */
export interface OpenedConsole extends WatchedPage {
  /** The data, and the user's home. */
  readonly folder: string;
  readonly product: RunningCli;
  readonly home: string;
}

/**
 * @param flags of `fleetgauge up`
 * @param until what it says before the browser is opened
 * @param env of the product, besides what every test has
 */
export async function openConsole(
  name: string,
  flags: readonly string[],
  until?: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<OpenedConsole> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await temporaryFolder(name)).path;
  const product = startCli(['--data', folder, 'up', ...flags, '--port', '0'], { home: folder, env });
  parts.defer(async () => {
    await product.stop();
  });
  const [, home = ''] = await product.saw(/Console +(http:\S+)\s/);
  if (until !== undefined) await product.saw(until, 540_000);
  const watched = parts.use(await openPage(home));
  // A busy machine is no fault.
  watched.page.setDefaultTimeout(60_000);
  const opened = parts.move();
  return { ...watched, folder, product, home, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
