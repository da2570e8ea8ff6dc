import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { systemClock } from '#collect/clock.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import type { Provider, RoleSetup } from '#model/provider.ts';
import { knownProviders } from '#providers/registry.ts';
import { RoleBody, RoleReply } from './account-api.ts';
import { jsonRoute } from './route.ts';
import { type RunSource, workOf } from './run-source.ts';

/** A machine that is none of the cloud's finds out slowly that it has no credentials. */
const machineMs = 10_000;

const ProviderPath = z.object({ id: z.string().regex(/^[a-z][a-z0-9_]*$/, 'is no provider') });

/** What the owner of an account has to apply there, so that we get in without a key. */
export function roleRoutes(app: FastifyInstance, source: RunSource): void {
  const { now, stopping } = source;

  jsonRoute(
    app,
    'POST',
    '/providers/:id/role',
    {
      id: 'makeRole',
      summary:
        'A role that lets this machine read an account, with an external id of its own, as documents to be applied there.',
      params: ProviderPath,
      body: RoleBody,
      replies: { data: RoleReply },
    },
    async ({ params: { id }, body }) => {
      const { signal } = workOf(source);
      const { provider, setup } = await roleOf(id);
      const externalId = body.external_id ?? `fleetgauge-${randomBytes(16).toString('hex')}`;
      const patience = AbortSignal.any([stopping, signal, AbortSignal.timeout(machineMs)]);
      const trusted = body.trusted ?? (await principalOfMachine(provider, setup, now, patience));
      return {
        data: {
          external_id: externalId,
          trusted: trusted ?? null,
          documents: trusted === undefined ? [] : [...setup.documents({ externalId, trusted })],
          console_url: setup.consoleUrl,
        },
      };
    },
  );
}

/** @throws CollectError `not_found` */
async function roleOf(id: string): Promise<{ readonly provider: Provider; readonly setup: RoleSetup }> {
  const known = knownProviders().find((each) => each.id === id);
  const provider = await known?.load();
  const setup = provider?.roleSetup;
  if (provider !== undefined && setup !== undefined) return { provider, setup };
  throw new CollectError('not_found', 'there is no such provider, or it knows no role', { where: id });
}

/** Undefined where this machine has no credentials, or the cloud does not say whose they are. */
async function principalOfMachine(
  provider: Provider,
  { machineSecret }: RoleSetup,
  now: () => number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const gate = createGate({ limits: provider.limits, ledger: new Ledger(0), clock: { ...systemClock, now } });
  try {
    const connection = await provider.connect(machineSecret, { gate, now, signal });
    connection.close();
    return connection.principal;
  } catch {
    return undefined;
  }
}
