import type { Generation } from '#wire/generation.ts';
import type { Faults } from './faults.ts';
import type { TokensV1, TokensV2 } from './identity/tokens.ts';
import type { DataSourceSpec } from './monitoring/data-source.ts';
import type { Platform, PlatformOptions } from './platform.ts';
import { startPlatformV1 } from './platform-v1.ts';
import { startPlatformV2 } from './platform-v2.ts';
import type { GenerationStats } from './stats.ts';

/** How to set up both generations over one fleet. */
export interface CloudforetOptions extends Omit<PlatformOptions, 'dataSources' | 'port'> {
  /** Default: one of each provider, with made-up numbers of the servers that run. */
  readonly dataSources?: Readonly<Partial<Record<Generation, readonly DataSourceSpec[]>>>;
}

/** A platform of each generation, the old and today's. */
export interface Cloudforet {
  readonly v1: Platform<TokensV1>;
  readonly v2: Platform<TokensV2>;
  readonly tokens: { readonly v1: TokensV1; readonly v2: TokensV2 };
  /** Changes the named faults of both. */
  setFaults(changes: Partial<Faults>): void;
  stats(): Readonly<Record<Generation, GenerationStats>>;
  close(): Promise<void>;
}

/** Starts a simulated Cloudforet of each generation, which share nothing but the fleet that they were given. */
export async function startCloudforet({ dataSources, ...options }: CloudforetOptions = {}): Promise<Cloudforet> {
  const v1 = await startPlatformV1({ ...options, ...(dataSources?.v1 && { dataSources: dataSources.v1 }) });
  const v2 = await startPlatformV2({ ...options, ...(dataSources?.v2 && { dataSources: dataSources.v2 }) }).catch(
    async (caught) => {
      await v1.close();
      throw caught;
    },
  );
  return {
    v1,
    v2,
    tokens: { v1: v1.tokens, v2: v2.tokens },
    setFaults(changes) {
      v1.faults.set(changes);
      v2.faults.set(changes);
    },
    stats: () => ({ v1: v1.stats(), v2: v2.stats() }),
    async close() {
      await Promise.all([v1.close(), v2.close()]);
    },
  };
}
