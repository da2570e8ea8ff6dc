import type { FaultSwitches } from '../fleet/fault-switches.ts';
import type { Luck } from '../fleet/luck.ts';
import type { TokenBuckets } from '../fleet/token-buckets.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Faults } from './faults.ts';
import type { Identities } from './identities.ts';
import type { SimProject } from './projects.ts';
import type { OperationStats, Stats } from './stats.ts';
import type { World } from './world.ts';

/** All that the simulated cloud consists of, put together by `server.ts`. */
export interface Cloud {
  readonly world: World;
  /** Own address: `http://127.0.0.1:<port>`. */
  readonly origin: string;
  readonly identities: Identities;
  readonly tokens: AccessTokens;
  readonly buckets: TokenBuckets;
  readonly stats: Stats;
  readonly faults: FaultSwitches<Faults>;
  readonly luckAt: (place: string) => Luck;
  /** Epoch seconds: the world's now, up to when its samples are published, and the time that tokens go by. */
  readonly now: () => number;
  readonly horizon: () => number;
  readonly wallNow: () => number;
}

/** A request as it came in. */
export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** One call that found its route. */
export interface Call {
  readonly cloud: Cloud;
  readonly request: Request;
  /** The parts of the path that its route names. */
  readonly path: Readonly<Record<string, string>>;
  /** The project in the path, if it names one that exists. */
  readonly project: SimProject | undefined;
  readonly faults: Faults;
  readonly row: OperationStats;
}
