import { CollectError } from '#model/errors.ts';
import type { Cost } from '#model/fleet.ts';
import { lastDays } from '#model/window.ts';
import { presenceIn } from './aggregation.ts';
import { agentSurvey, prices } from './catalog.ts';
import { type GoogleResource, seriesIdsOf } from './resource.ts';
import { readSeries, type SeriesContext } from './time-series.ts';

/** Which resources an agent writes for. */
export class AgentIndex {
  /** Why not all could be found out: then nothing is known about the agents that are not here. */
  readonly error: CollectError | undefined;
  readonly #ids: ReadonlySet<string>;
  readonly #scoped: boolean;

  constructor(ids: Iterable<string>, scoped: boolean, error?: CollectError) {
    this.#ids = new Set(ids);
    this.#scoped = scoped;
    this.error = error;
  }

  has(resource: GoogleResource): boolean {
    return seriesIdsOf(resource, { scoped: this.#scoped }).some((id) => this.#ids.has(id));
  }
}

/** How long an agent that is silent now still counts. */
const surveyDays = 14;

/**
 * Finds the resources whose agent wrote in the last two weeks: one call, a point for each. A refusal costs the memory metrics
 * alone.
 *
 * @param now epoch milliseconds
 */
export async function findAgents(context: SeriesContext, now: number): Promise<AgentIndex> {
  const days = lastDays(surveyDays, now);
  const { type, metric: native } = agentSurvey;
  try {
    const place = { where: {}, resources: [] };
    const { columns, partial } = await readSeries(context, {
      type,
      native,
      aggregation: presenceIn(days),
      days,
      place,
    });
    return new AgentIndex(columns.ids(), context.scoped, partial);
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'cancelled' || error.code === 'budget_exceeded') throw error;
    return new AgentIndex([], context.scoped, error);
  }
}

/** At most a series for each resource. */
export function agentSurveyCost(resources: number): Cost {
  const usd = Math.max(1, resources) * prices.series;
  return { calls: 1, metrics: resources, points: resources, usd, usdAtMost: usd };
}
