import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ProviderTypes } from '#model/resource-type.ts';
import { decide, type Resolution } from '#platform/rightsizing/decide.ts';
import { readPolicy, writePolicy } from '#platform/rightsizing/policy.ts';
import { type Review, type ReviewContext, reviewRecords, serversOf } from '#platform/rightsizing/review.ts';
import { policyRow, reviewDetail, reviewRow } from '#platform/rightsizing/review-row.ts';
import { type Policy, presetNames, presets } from '#rightsizing/policy.ts';
import { verdictClasses } from '#rightsizing/verdict.ts';
import { conditionOfText } from '#store/query/text.ts';
import { decisionStates } from '#store/rightsizing.ts';
import type { Store } from '#store/store.ts';
import type { Caller } from './auth-caller.ts';
import { countIn, IdPath } from './input.ts';
import {
  DecisionBody,
  PolicyBody,
  PolicyChoices,
  PolicyReply,
  policyLimits,
  RightsizingDetail,
  RightsizingRow,
  RightsizingSummary,
} from './rightsizing-api.ts';
import { makeSummaries } from './rightsizing-summary.ts';
import { jsonRoute } from './route.ts';

const ListQuery = z.strictObject({
  class: z.enum(verdictClasses).exactOptional(),
  state: z.enum(decisionStates).exactOptional(),
  q: z.string().max(2000).exactOptional().meta({ description: '`provider:aws region:eu-west-1 -account:sandbox`' }),
  limit: countIn(1, 1000, 100),
  cursor: z.string().max(2000).exactOptional().meta({ description: '`meta.next` of the page before.' }),
});

const bodyLimit = 65_536;

/** Servers that one request looks at at most, however few of them it wants. */
const mostReviewed = 5_000;

export interface RightsizingSource {
  readonly store: Store;
  readonly types: readonly ProviderTypes[];
  readonly now: () => number;
}

export function rightsizingRoutes(app: FastifyInstance, { store, types, now }: RightsizingSource): void {
  const contextNow = async (): Promise<ReviewContext> => ({
    store,
    types,
    policy: await readPolicy(store.settings),
    now: now(),
  });
  const summaries = makeSummaries();

  jsonRoute(
    app,
    'GET',
    '/rightsizing',
    {
      id: 'listRightsizing',
      summary: 'Verdicts on servers, by id. A page may be short, or empty, and have a next one.',
      query: ListQuery,
      replies: { data: z.array(RightsizingRow).readonly(), isPage: true },
    },
    async ({ query }) => {
      const { rows, next } = await listReviews(await contextNow(), query);
      return { data: rows.map(reviewRow), meta: next === undefined ? {} : { next } };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/rightsizing/summary',
    {
      id: 'getRightsizingSummary',
      summary: 'What all verdicts come to; up to a minute old.',
      replies: { data: RightsizingSummary },
    },
    async () => ({ data: await summaries.kept(await contextNow()) }),
  );

  jsonRoute(
    app,
    'POST',
    '/rightsizing/preview',
    {
      id: 'previewRightsizing',
      summary: 'What all verdicts would come to by another policy; changes nothing.',
      body: PolicyBody,
      bodyLimit,
      replies: { data: RightsizingSummary },
    },
    async ({ body }) => ({ data: await summaries.preview({ ...(await contextNow()), policy: policyOf(body) }) }),
  );

  jsonRoute(
    app,
    'GET',
    '/servers/:id/rightsizing',
    {
      id: 'getServerRightsizing',
      summary: 'The verdict on a server, and all that it was made of.',
      params: IdPath,
      replies: { data: RightsizingDetail },
    },
    async ({ params }) => {
      const context = await contextNow();
      const [review] = await reviewRecords(context, await store.inventory.records([params.id]));
      if (review === undefined) {
        throw new CollectError('not_found', 'no server has this id', { where: String(params.id) });
      }
      return { data: await reviewDetail(context, review) };
    },
  );

  jsonRoute(
    app,
    'POST',
    '/rightsizing/decisions',
    {
      id: 'decideRightsizing',
      audit: 'rightsizing.decide',
      summary: 'Accept, snooze, dismiss or take back what is suggested: of all these servers, or of none.',
      body: DecisionBody,
      bodyLimit,
      replies: { data: z.array(RightsizingRow).readonly() },
    },
    async ({ body: { ids: wanted, ...body }, request }) => {
      const resolution: Resolution = body.state === 'snoozed' ? { ...body, until: Date.parse(body.until) } : body;
      const reviews = await decide(await contextNow(), wanted, resolution, nameOfCaller(request.caller));
      summaries.forget();
      return { data: reviews.map(reviewRow) };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/rightsizing/policy',
    { id: 'getRightsizingPolicy', summary: 'The policy that verdicts are made by.', replies: { data: PolicyReply } },
    async () => ({ data: policyRow(await readPolicy(store.settings)) }),
  );

  jsonRoute(
    app,
    'GET',
    '/rightsizing/policies',
    {
      id: 'listRightsizingPolicies',
      summary: 'The named policies, and what a policy of your own may say.',
      replies: { data: PolicyChoices },
    },
    async () => ({ data: { presets: presetNames.map((name) => policyRow(presets[name])), limits: policyLimits } }),
  );

  jsonRoute(
    app,
    'PUT',
    '/rightsizing/policy',
    {
      id: 'setRightsizingPolicy',
      audit: 'rightsizing.policy',
      summary: 'Choose a named policy, or one of your own.',
      body: PolicyBody,
      bodyLimit,
      replies: { data: PolicyReply },
    },
    async ({ body }) => {
      const policy = policyOf(body);
      await writePolicy(store.settings, policy);
      return { data: policyRow(policy) };
    },
  );
}

/** Reads on until a page has something that is wanted, or enough was looked at. */
async function listReviews(
  context: ReviewContext,
  { class: name, state, q, limit, cursor }: z.infer<typeof ListQuery>,
): Promise<{ rows: Review[]; next?: string }> {
  const filter = serversOf(context.types, q === undefined ? {} : { condition: conditionOfText(q) });
  let after = cursor;
  for (let reviewed = 0; ; ) {
    const page = await context.store.inventory.list({ filter, limit, ...(after === undefined ? {} : { after }) });
    const reviews = await reviewRecords(context, page.rows);
    reviewed += page.rows.length;
    const rows = reviews.filter(
      (review) =>
        (name === undefined || review.verdict.class === name) && (state === undefined || review.state === state),
    );
    if (page.next === undefined) return { rows };
    if (rows.length > 0 || reviewed >= mostReviewed) return { rows, next: page.next };
    after = page.next;
  }
}

function policyOf(body: z.infer<typeof PolicyBody>): Policy {
  if ('name' in body) return presets[body.name];
  return {
    lookBackDays: body.look_back_days,
    percentile: body.percentile,
    cpuHeadroom: body.cpu_headroom,
    memoryHeadroom: body.memory_headroom,
    minimumCoverage: body.minimum_coverage,
    idleCpuPercent: body.idle_cpu_percent,
    idleNetworkBytesPerSecond: body.idle_network_bytes_per_second,
  };
}

/** Whoever sits at this machine has no name while there are no users. */
function nameOfCaller(caller: Caller | null): string {
  return caller === null || caller.by === 'place' ? 'this machine' : caller.user.name;
}
