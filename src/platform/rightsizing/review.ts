import type { Days } from '#model/day-cell.ts';
import type { InventoryRecord } from '#model/record.ts';
import type { ResourceState } from '#model/resource.ts';
import { type ProviderTypes, serverType } from '#model/resource-type.ts';
import { type DayRange, lastDays } from '#model/window.ts';
import type { Policy } from '#rightsizing/policy.ts';
import { type RatedServer, rate, type Verdict } from '#rightsizing/verdict.ts';
import type { RecordFilter, StoredRecord } from '#store/inventory.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import type { Decision, DecisionState } from '#store/rightsizing.ts';
import type { Store } from '#store/store.ts';
import { isCarriedOut, stateOf } from './decision-state.ts';

/** A server, what is said of it, and what was decided. */
export interface Review {
  readonly stored: StoredRecord;
  readonly verdict: Verdict;
  /** Null where there is nothing to decide. */
  readonly state: DecisionState | null;
  readonly decision: Decision | null;
}

export interface ReviewContext {
  readonly store: Store;
  readonly policy: Policy;
  /** What providers have besides servers. */
  readonly types: readonly ProviderTypes[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Whole days that a review made now looks at. */
export function reviewWindow({ policy, now }: Pick<ReviewContext, 'policy' | 'now'>): DayRange {
  return lastDays(policy.lookBackDays, now);
}

/** Servers alone, of those that a filter lets through. */
export function serversOf(types: readonly ProviderTypes[], filter: RecordFilter = {}): RecordFilter {
  const servers = conditionOfType(serverType, types);
  return { ...filter, condition: filter.condition === undefined ? servers : { all: [servers, filter.condition] } };
}

/** Reviews all servers, by id, in pages: no more than a page of history is held at a time. */
export async function* reviewServers(context: ReviewContext, filter?: RecordFilter): AsyncGenerator<Review[]> {
  for await (const page of context.store.inventory.stream(serversOf(context.types, filter))) {
    yield await reviewRecords(context, page);
  }
}

/** Reviews these servers, and notes which accepted suggestions are carried out by now. */
export async function reviewRecords(context: ReviewContext, records: readonly StoredRecord[]): Promise<Review[]> {
  const { store, policy, now } = context;
  const ids = records.map(({ id }) => id);
  const window = reviewWindow(context);
  const [history, known] = [await store.history.read(ids, window), await store.rightsizing.decisions(ids)];
  const carriedOut = records.filter(({ id, record }) => {
    const decision = known.get(id);
    return decision !== undefined && isCarriedOut(decision, record);
  });
  await store.rightsizing.verify(
    carriedOut.map(({ id }) => id),
    now,
  );
  const verified = new Set(carriedOut);
  return records.map((stored) => {
    const before = known.get(stored.id);
    const decision: Decision | undefined =
      before !== undefined && verified.has(stored) ? { ...before, state: 'verified', verifiedAt: now } : before;
    const verdict = rate(ratedServer(stored.record), history.get(stored.id) ?? noDays, window, policy);
    return { stored, verdict, decision: decision ?? null, state: stateOf(decision, verdict, now) };
  });
}

const noDays: Days = new Map();

function ratedServer({ provider, region_code, instance_type, data }: InventoryRecord): RatedServer {
  const state = states.find((each) => each === data.compute?.instance_state) ?? 'UNKNOWN';
  const { platform } = data.compute ?? {};
  return {
    provider,
    region: region_code,
    instanceType: instance_type,
    state,
    ...(platform === undefined ? {} : { platform }),
  };
}

const states = ['PENDING', 'RUNNING', 'STOPPED', 'TERMINATED', 'UNKNOWN'] as const satisfies readonly ResourceState[];
