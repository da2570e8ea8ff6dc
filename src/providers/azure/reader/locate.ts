import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { Region } from '../inventory.ts';
import { queryGraph } from '../resource-graph.ts';
import type { Send } from '../send.ts';
import type { AzureScope } from './metric.ts';

/** Ids that one query names. */
const idsPerQuery = 200;

/** After so many queries for single resources of a kind it is cheaper to have them all told: Resource Graph allows few queries. */
const patience = 3;

const Row = z.object({ id: z.string().transform((id) => id.toLowerCase()), location: Region });

/** Resources of one kind in one subscription. */
interface Kind {
  queries: number;
  /** Once all of them are being listed. */
  all: Promise<void> | undefined;
}

/** Finds out in which region resources are; remembers it. */
export class Locator {
  readonly #send: Send;
  readonly #resourceManager: string;
  readonly #closing: AbortSignal;
  readonly #known = new Map<string, string>();
  readonly #kinds = new Map<string, Kind>();

  /** @param closing aborts when nobody needs to know any more */
  constructor(send: Send, resourceManager: string, closing: AbortSignal) {
    this.#send = send;
    this.#resourceManager = resourceManager;
    this.#closing = closing;
  }

  /** By id; those of which it cannot be told are absent. @throws CollectError `cancelled` */
  async regionsOf(resources: readonly AzureScope[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const unknown = resources.filter(({ id }) => !this.#known.has(id));
    const kinds = Map.groupBy(unknown, ({ subscription, namespace }) => `${subscription} ${namespace}`);
    await Promise.all([...kinds].map(([name, own]) => this.#find(name, own, signal)));
    return this.#known;
  }

  async #find(name: string, resources: readonly AzureScope[], signal: AbortSignal): Promise<void> {
    const [first] = resources;
    const kind = this.#kinds.get(name) ?? { queries: 0, all: undefined };
    this.#kinds.set(name, kind);
    if (first !== undefined && (kind.all !== undefined || ++kind.queries > patience)) {
      kind.all ??= this.#ask(`where type =~ '${first.namespace}'`, first, this.#closing);
      await kind.all;
    }
    // Those that were made since are asked for by their ids.
    const ids = resources.flatMap(({ id }) => (this.#known.has(id) ? [] : [`'${id}'`]));
    for (let at = 0; at < ids.length; at += idsPerQuery) {
      const some = ids.slice(at, at + idsPerQuery).join(', ');
      if (first !== undefined) await this.#ask(`where id in~ (${some})`, first, signal);
    }
  }

  async #ask(where: string, { subscription }: AzureScope, signal: AbortSignal): Promise<void> {
    const query = `resources | ${where} | project id, location | order by id asc`;
    const question = { query, subscriptions: [subscription], row: Row };
    try {
      for await (const page of queryGraph(this.#send, this.#resourceManager, question, signal))
        for (const { id, location } of page) this.#known.set(id, location);
    } catch (caught) {
      // Whoever may read metrics need not see resources: then they are read one by one.
      if (CollectError.from(caught).code === 'cancelled') throw caught;
    }
  }
}
