import type { Ledger } from '#collect/ledger.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import type { OpenPlugin } from '#platform/plugin/open-plugin.ts';
import type { Fields, Peer, PluginCall } from '#platform/plugin/peer.ts';
import { printable, redactError } from '#platform/plugin/redact.ts';
import type { TaskDraft } from '#store/jobs.ts';
import { type Plugin, streamsOf } from '#store/plugins.ts';
import type { Store } from '#store/store.ts';

/** What is to be collected by a plugin, or why nothing can be. */
export type Parts =
  | { readonly tasks: readonly (Fields | undefined)[]; readonly concurrency: number }
  | { readonly error: CollectError };

interface PartsRequest {
  readonly plugin: Plugin;
  readonly call: PluginCall;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
}

/** Has a plugin begin, and cut its work into parts. */
export async function askParts(open: OpenPlugin, request: PartsRequest): Promise<Parts> {
  const { plugin, call, store, ledger, signal } = request;
  const count = async <T>(api: string, ask: () => Promise<T>): Promise<T> => {
    const line = { api, account: plugin.name, region: '' };
    try {
      const answer = await ask();
      ledger.settle(line, 0, undefined);
      return answer;
    } catch (caught) {
      ledger.settle(line, 0, CollectError.from(caught));
      throw caught;
    }
  };
  try {
    using peer = await open.connect(signal);
    const metadata = await count('Collector.init', () => peer.init(call.options));
    await store.plugins.update(plugin.id, { metadata, generation: peer.generation });
    const tasks = await tasksOf(peer, () => count('Job.get_tasks', () => peer.getTasks(call)));
    return { tasks: tasks ?? [undefined], concurrency: streamsOf(metadata) };
  } catch (caught) {
    return { error: redactError(CollectError.from(caught), open.redact) };
  }
}

/** A plugin that has no tasks was not asked, or had no answer. */
async function tasksOf(peer: Peer, ask: () => Promise<readonly Fields[] | undefined>) {
  return peer.generation === 'v1' ? undefined : ask();
}

/**
 * A task for each part, in their order.
 *
 * @param provider of the account whose secret the plugin is given
 */
export function draftsOf({ name, metadata }: Plugin, provider: string | undefined, parts: Parts): TaskDraft[] {
  // In the place of a cloud's account stands the plugin, so that two runs of one are told from two of one account.
  const told = typeof metadata.provider === 'string' ? printable(metadata.provider).slice(0, 64) : 'plugin';
  const base = { provider: provider ?? told, account: name, plannedServers: 0 };
  if ('error' in parts) return [{ ...base, region: 'all', error: reportOf(parts.error) }];
  const names = parts.tasks.map(nameOf);
  const counts = Map.groupBy(names, (each) => each);
  return names.map((each, at) => {
    const isAlone = each !== undefined && counts.get(each)?.length === 1;
    return { ...base, region: isAlone ? each : `${each ?? 'part'} ${at + 1}/${names.length}` };
  });
}

/** What a part is called where its options tell: most are cut by region. */
function nameOf(part: Fields | undefined): string | undefined {
  if (part === undefined) return 'all';
  const { region, region_code, region_name, name } = part;
  const named = [region, region_code, region_name, name].find((each) => typeof each === 'string' && each !== '');
  return typeof named === 'string' ? printable(named).slice(0, 100) : undefined;
}
