import type { ErrorReport } from '#model/errors.ts';
import type { JobId } from './jobs.ts';

/** A UUID, never used again: what is sealed fits the one plugin that it was sealed for. */
export type PluginId = string;

/** How a plugin is reached: it runs somewhere, or we run it. `{port}` in an argument stands for the port that it is to serve. */
export type PluginReach =
  | { readonly kind: 'endpoint'; readonly url: string }
  | ({ readonly kind: 'package'; readonly spec: string } & PluginStart)
  | ({ readonly kind: 'command'; readonly command: string; readonly cwd?: string } & PluginStart);

interface PluginStart {
  readonly args: readonly string[];
  /** Names of environment variables that it is given besides a few that every program needs. */
  readonly env: readonly string[];
}

/** How it went when the plugin was last spoken to. */
export type PluginStatus =
  | { readonly state: 'OK'; readonly at: number }
  | { readonly state: 'FAILED'; readonly at: number; readonly error: ErrorReport };

export interface PluginDraft {
  readonly id: PluginId;
  /** Unique in the store. */
  readonly name: string;
  readonly reach: PluginReach;
  /** What `init`, `verify`, `get_tasks` and `collect` are given. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The saved account whose secret it is given, by name; else one of its own, or none. */
  readonly account?: string;
  /** What `init` answered. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Whose wire contract it speaks. */
  readonly generation: 'v1' | 'v2';
  readonly status: PluginStatus;
}

/** A plugin as it may be shown: without its secret. */
export interface Plugin extends PluginDraft {
  readonly hasSecret: boolean;
  readonly createdAt: number;
  readonly lastJob?: JobId;
}

/** Streams at once, where a plugin does not say how many it bears. */
const usualStreams = 4;
const mostStreams = 32;

/** How many tasks of a plugin may run at once, as a v2 platform reads it from its metadata. */
export function streamsOf({ concurrency }: Plugin['metadata']): number {
  if (typeof concurrency !== 'number' || !(concurrency >= 1)) return usualStreams;
  return Math.min(Math.floor(concurrency), mostStreams);
}

export interface PluginStore {
  /**
   * @param sealed its own secret
   * @throws CollectError `conflict` where the name is taken
   */
  add(draft: PluginDraft, sealed: Uint8Array | undefined, now: number): Promise<Plugin>;
  /** By name. */
  list(): Promise<readonly Plugin[]>;
  /** @throws CollectError `not_found` */
  get(name: string): Promise<Plugin>;
  /** Undefined where it has no secret of its own. @throws CollectError `not_found` */
  sealedSecret(id: PluginId): Promise<Uint8Array | undefined>;
  /** Notes what was seen of it. @throws CollectError `not_found` */
  update(id: PluginId, seen: Partial<Pick<Plugin, 'metadata' | 'generation' | 'status' | 'lastJob'>>): Promise<void>;
  /** Its limit goes with it. @throws CollectError `not_found` */
  remove(name: string): Promise<void>;
}
