import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import type { ProviderTypes } from '#model/resource-type.ts';
import { metricSources } from '#platform/health/metric-sources.ts';
import { readOutsideSources } from '#platform/health/outside-sources.ts';
import { placeOf, readSource, readSources, stripStart } from '#platform/health/sources.ts';
import { knownProviders, loadProvider } from '#providers/registry.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import { jsonRoute } from './route.ts';
import { type RunSource, workOf } from './run-source.ts';
import { TypeName } from './server-query.ts';
import { MetricSourcesReply, SourceDetail, SourcesReply, SourceTest } from './source-api.ts';
import { outsideRow, placeRow, sourceRow, stripReply } from './source-reply.ts';
import { testSource } from './test-source.ts';

export interface HealthSource extends RunSource {
  readonly types: readonly ProviderTypes[];
}

/** How long a test may take in all. */
const testMs = 60_000;
const mostPlaces = 400;

const SourcePath = z.object({ id: z.string().regex(/^[a-z][a-z0-9_]*(:[^\s/]{1,200})?$/, 'is no data source') });
const MetricsQuery = z.strictObject({
  type: TypeName,
  provider: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, 'is no provider')
    .exactOptional()
    .describe('Of those that are saved or were read, one; all where absent.'),
});

/** How the APIs that answer for metrics do, and which metric feeds which field. */
export function sourceRoutes(app: FastifyInstance, source: HealthSource): void {
  const { store, now, stopping, types } = source;

  jsonRoute(
    app,
    'GET',
    '/sources',
    {
      id: 'listSources',
      summary:
        'How each API that answers for metrics has done over the last 24 hours; registered data sources and plugins.',
      replies: { data: SourcesReply },
    },
    async () => {
      const at = now();
      const sources = await readSources(store, loadProvider, at);
      const outside = await readOutsideSources(store);
      return {
        data: {
          ...stripReply(at),
          sources: sources.map((each) => sourceRow(each, at)),
          outside: outside.map(outsideRow),
        },
      };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/sources/metrics',
    {
      id: 'listMetricSources',
      summary: 'Which metric of a cloud feeds which field, how, and how many resources have it.',
      query: MetricsQuery,
      replies: { data: MetricSourcesReply },
    },
    async ({ query: { type, provider } }) => {
      const coverage = await store.inventory.coverage({ condition: conditionOfType(type, types) });
      const ids = await usedProviders();
      const wanted = provider === undefined ? ids : ids.filter((id) => id === provider);
      const loaded = await Promise.all(wanted.map(loadProvider));
      const own = types.filter((each) => ids.includes(each.provider)).flatMap((each) => each.types);
      const rows = metricSources(loaded, type, coverage).map(({ statistic, conversion, ...row }) => ({
        ...row,
        statistic: statistic ?? null,
        conversion: conversion ?? null,
      }));
      return { data: { providers: ids, types: namedTypes(own), rows } };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/sources/:id',
    {
      id: 'getSource',
      summary: 'One of them, by account and region.',
      params: SourcePath,
      replies: { data: SourceDetail },
    },
    async ({ params: { id } }) => {
      const at = now();
      const { provider: providerId, region } = placeOf(id);
      const provider = await existing(providerId);
      const found = await readSource(store, provider, region, at);
      const places = await store.callQuarters.byAccount({
        provider: providerId,
        ...(region === undefined ? {} : { region }),
        since: stripStart(at),
        limit: mostPlaces,
      });
      return { data: { ...stripReply(at), source: sourceRow(found, at), places: places.map(placeRow) } };
    },
  );

  jsonRoute(
    app,
    'POST',
    '/sources/:id/test',
    {
      id: 'testSource',
      summary: 'Make each kind of call that reading servers takes with the saved accounts of it, and none that bills.',
      params: SourcePath,
      replies: { data: SourceTest },
    },
    async ({ params: { id } }) => {
      const work = workOf(source);
      const { provider, region } = placeOf(id);
      await existing(provider);
      const signal = AbortSignal.any([stopping, work.signal]);
      const about = { signal, limitMs: testMs, clock: { ...systemClock, now } };
      return { data: await testSource({ provider, region }, work, about) };
    },
  );

  /** Of saved accounts, and of what was read. */
  async function usedProviders(): Promise<readonly string[]> {
    const saved = (await store.accounts.list()).map(({ provider }) => provider);
    const read = (await store.inventory.tally(['provider'])).map(({ value }) => value);
    const used = new Set([...saved, ...read]);
    return knownProviders().flatMap(({ id }) => (used.has(id) ? [id] : []));
  }
}

/** @throws CollectError `not_found` */
async function existing(provider: string) {
  if (knownProviders().some(({ id }) => id === provider)) return loadProvider(provider);
  throw new CollectError('not_found', 'there is no such data source', { where: provider });
}

function namedTypes(types: ProviderTypes['types']): { id: string; label: string }[] {
  return [...new Map(types.toReversed().map(({ id, label }) => [id, { id, label }])).values()].toReversed();
}
