import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { cpuStatistics, type Facet, type FacetCount, facets } from '#store/inventory.ts';
import { anyType } from '#store/query/resource-type.ts';
import { fieldsOfText } from '#store/query/text.ts';
import { ServerFacets } from './facets-api.ts';
import { jsonRoute } from './route.ts';
import { conditionOf, QueryText, TypeName } from './server-query.ts';
import type { ServerSource } from './server-routes.ts';

const FacetsQuery = z.strictObject({ type: TypeName, q: QueryText, stat: z.enum(cpuStatistics).default('avg') });

/** Of a facet, at most. */
const mostValues = 100;
const median = 50;
const high = 90;

export function facetRoutes(app: FastifyInstance, { store: { inventory }, types }: ServerSource): void {
  /** A facet says what there is without what the query says of it. */
  async function tally(type: string, q: string | undefined): Promise<FacetCount[]> {
    const named = q === undefined ? new Set<string>() : fieldsOfText(q);
    const all = { condition: conditionOf(type, types, q) };
    const counts = [
      ...(await inventory.tally(
        facets.filter((facet) => !named.has(facet)),
        all,
      )),
    ];
    for (const facet of facets.filter((each) => named.has(each))) {
      counts.push(...(await inventory.tally([facet], { condition: conditionOf(type, types, q, facet) })));
    }
    return counts;
  }

  jsonRoute(
    app,
    'GET',
    '/servers/facets',
    {
      id: 'listServerFacets',
      summary: 'What servers can be narrowed by, and how used those of a query are.',
      query: FacetsQuery,
      replies: { data: ServerFacets },
    },
    async ({ query: { type, q, stat } }) => {
      const counts = await tally(type, q);
      const { measured, values } = await inventory.cpuQuantiles(stat, [median, high], {
        condition: conditionOf(type, types, q),
      });
      const [p50 = null, p90 = null] = values;
      const of = (facet: Facet) => facetOf(counts.filter((each) => each.facet === facet));
      return {
        data: {
          provider: of('provider'),
          account: of('account'),
          region: of('region'),
          state: of('state'),
          type: of('type'),
          cpu: { statistic: stat, measured, p50, p90 },
          types: typesOf(types),
        },
      };
    },
  );
}

function facetOf(counts: readonly FacetCount[]): ServerFacets[Facet] {
  return {
    values: counts.slice(0, mostValues).map(({ value, servers }) => ({ value, servers })),
    all: counts.length,
  };
}

/** Each once, with the name that the first cloud gives it and the metrics of all. */
function typesOf(types: ServerSource['types']): ServerFacets['types'] {
  const rows = types.flatMap((each) => each.types);
  const named = [...Map.groupBy(rows, ({ id }) => id)].map(([id, same]) => ({
    id,
    label: same[0]?.label ?? id,
    metrics: [...new Set(same.flatMap(({ metrics }) => metrics))],
  }));
  return [...named, { id: anyType, label: anyType, metrics: [] }];
}
