import { hash } from 'node:crypto';
import { type OpenPlugin, type OpenRequest, openPlugin, type PluginHost } from './open-plugin.ts';

/** How long a plugin stays for the next task, in milliseconds. */
const lingerMs = 15_000;

interface Entry {
  readonly opened: Promise<OpenPlugin>;
  /** Once it is open. */
  plugin: OpenPlugin | undefined;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The plugins that this process runs: tasks of one plugin share it, also those that come soon after. One that could not be opened,
 * or was given up, is not shared: the next task tries anew.
 */
export class PluginPool implements AsyncDisposable {
  readonly host: PluginHost;
  readonly #entries = new Map<string, Entry>();

  constructor(host: PluginHost) {
    this.host = host;
  }

  /** @throws CollectError where it cannot be started, or what `work` throws */
  async use<T>(request: OpenRequest, work: (plugin: OpenPlugin) => Promise<T>): Promise<T> {
    // One that was registered anew is another one.
    const key = hash('sha256', JSON.stringify(request), 'hex');
    const entry = this.#entryOf(key, request);
    entry.users++;
    clearTimeout(entry.timer);
    try {
      return await work(await entry.opened);
    } finally {
      entry.users--;
      if (entry.users === 0) entry.timer = setTimeout(() => void this.#close(key, entry), lingerMs).unref();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries].map(([key, entry]) => this.#close(key, entry)));
  }

  #entryOf(key: string, request: OpenRequest): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined && known.plugin?.isGivenUp() !== true) return known;
    const opened = openPlugin(request, this.host);
    const entry: Entry = { opened, plugin: undefined, users: 0, timer: undefined };
    this.#entries.set(key, entry);
    opened.then(
      (plugin) => {
        entry.plugin = plugin;
      },
      () => this.#forget(key, entry),
    );
    return entry;
  }

  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  async #close(key: string, entry: Entry): Promise<void> {
    this.#forget(key, entry);
    clearTimeout(entry.timer);
    const plugin = await entry.opened.catch(() => undefined);
    await plugin?.[Symbol.asyncDispose]();
  }
}
