import { hash } from 'node:crypto';
import { type OpenPlugin, type OpenRequest, openPlugin, type PluginHost } from './open-plugin.ts';

/** How long a plugin stays for the next task, in milliseconds. */
const lingerMs = 15_000;

interface Entry {
  readonly opened: Promise<OpenPlugin>;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

/** The plugins that this process runs: tasks of one plugin share it, also those that come soon after. */
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
    const entry = this.#entries.get(key) ?? { opened: openPlugin(request, this.host), users: 0, timer: undefined };
    this.#entries.set(key, entry);
    entry.users++;
    clearTimeout(entry.timer);
    try {
      return await work(await entry.opened);
    } finally {
      entry.users--;
      if (entry.users === 0) entry.timer = setTimeout(() => void this.#close(key), lingerMs).unref();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((key) => this.#close(key)));
  }

  async #close(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    clearTimeout(entry?.timer);
    const plugin = await entry?.opened.catch(() => undefined);
    await plugin?.[Symbol.asyncDispose]();
  }
}
