import type { FastifyInstance } from 'fastify';
import { type Clock, systemClock } from '#collect/clock.ts';
import { type AccessReport, checkAccess, faultOf } from '#jobs/check-access.ts';
import { savedTarget } from '#jobs/saved-targets.ts';
import type { Target } from '#jobs/targets.ts';
import { reportOf } from '#model/errors.ts';
import { keepExpiry } from '#platform/account/expiry.ts';
import { hasStill, openSecret, replaceSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import { accessReply } from './access-reply.ts';
import { AccessReply, RotateBody, RotateReply, TestBody } from './account-api.ts';
import { AccountPath, bodyLimit, checkMs } from './account-routes.ts';
import { accountRow, findAccount } from './account-row.ts';
import { lineType, sendLines } from './line-stream.ts';
import { withSentSecret } from './new-secret.ts';
import { jsonRoute, rawRoute } from './route.ts';
import { type RunSource, workOf } from './run-source.ts';
import { watchAccess } from './watch-access.ts';

interface Tested {
  readonly target: Target;
  /** What becomes of what was found out. */
  readonly finish: (report: AccessReport) => Promise<AccessReply>;
}

/** Whether a secret does, before it is saved, afterwards, and in the place of another one. */
export function accountTestRoutes(
  app: FastifyInstance,
  source: RunSource,
  clock: Clock = { ...systemClock, now: source.now },
): void {
  const { store, now, stopping } = source;

  jsonRoute(
    app,
    'POST',
    '/accounts/test',
    {
      id: 'testAccount',
      summary:
        'Make each kind of call that reading servers takes, with a saved account or with a secret that is not kept. Reads one metric of one server in each region that has some.',
      body: TestBody,
      bodyLimit,
      replies: { data: AccessReply },
    },
    async ({ body }) => {
      const { target, finish } = await testedOf(body);
      return { data: await finish(await checkAccess(target, optionsFor())) };
    },
  );

  rawRoute(
    app,
    'POST',
    '/accounts/test/events',
    {
      id: 'watchAccountTest',
      summary:
        'The same as it goes on: lines of JSON, `AccessWatch`, of which the last is the report, or why there is none.',
      body: TestBody,
      bodyLimit,
      replies: { status: 200, types: [lineType], about: 'A line whenever a call was begun or answered.' },
    },
    async ({ body, reply }) => {
      const { target, finish } = await testedOf(body);
      const { signal, ...options } = optionsFor();
      await sendLines(reply, (gone) =>
        watchAccess(target, { ...options, signal: AbortSignal.any([gone, signal]) }, finish),
      );
    },
  );

  jsonRoute(
    app,
    'POST',
    '/accounts/:id/rotate',
    {
      id: 'rotateAccount',
      audit: 'account.rotate',
      summary: 'Put a new secret in the place of the old one, once it has been tried; until then the old one stays.',
      params: AccountPath,
      body: RotateBody,
      bodyLimit,
      replies: { data: RotateReply },
    },
    async ({ params: { id }, body: { secret: sent, force = false }, request }) => {
      const { vault } = workOf(source);
      const account = await findAccount(store, id);
      const provider = await loadProvider(account.provider);
      const before = await store.accounts.sealedSecret(account.id);
      const given = await withSentSecret(account, await openSecret(store, vault.key, account), sent);
      const secret = provider.parseSecret(given);
      const { name, regions } = account;
      const found = await checkAccess({ name, provider, secret, regions }, optionsFor());
      const report = accessReply(found, provider);
      const isReplaced = report.principal === account.account && (report.is_ok || force);
      if (isReplaced) {
        await replaceSecret(store, vault.key, account, secret, before);
        await store.accounts.updateStatus(account.id, { state: 'UNKNOWN' });
        await keep(account, found);
      }
      request.audited = [{ target: name, outcome: isReplaced ? 'ok' : 'refused' }];
      const row = await accountRow(await store.accounts.get(account.id), source);
      return { data: { is_replaced: isReplaced, report, account: row } };
    },
  );

  function optionsFor() {
    const { paceOf, signal } = workOf(source);
    return { clock, paceOf, limitMs: checkMs, signal: AbortSignal.any([stopping, signal]) };
  }

  async function testedOf(body: TestBody): Promise<Tested> {
    const { vault } = workOf(source);
    if ('secret' in body) {
      const provider = await loadProvider(body.provider);
      const secret = provider.parseSecret(body.secret);
      const target = { name: provider.id, provider, secret, regions: body.regions ?? [] };
      return { target, finish: async (report) => accessReply(report, provider) };
    }
    const account = await store.accounts.get(body.account);
    const tried = await store.accounts.sealedSecret(account.id);
    const target = await savedTarget(vault, account, []);
    return {
      target,
      async finish(found) {
        if (await hasStill(store, account, tried)) await keep(account, found);
        return accessReply(found, target.provider);
      },
    };
  }

  /**
   * What a check says of a saved account: nothing of its state where all that is wrong is that time ran out, and nothing of
   * until when its secret is good where that did not get in.
   */
  async function keep({ id }: Account, found: AccessReport): Promise<void> {
    const fault = faultOf(found);
    if (fault !== undefined) {
      await store.accounts.updateStatus(id, { state: 'FAILED', at: now(), error: reportOf(fault) });
    } else if (!found.isPartial) {
      await store.accounts.updateStatus(id, { state: 'OK', at: now() });
    }
    if (found.principal !== undefined) await keepExpiry(store, id, found.expiry);
  }
}
