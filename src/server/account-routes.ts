import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { systemClock } from '#collect/clock.ts';
import { Ledger } from '#collect/ledger.ts';
import { expiryOf } from '#jobs/check-access.ts';
import { connect } from '#jobs/targets.ts';
import { CollectError } from '#model/errors.ts';
import { keepExpiry } from '#platform/account/expiry.ts';
import { defaultName } from '#platform/account/name.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { knownProviders, knownTypes, loadProvider } from '#providers/registry.ts';
import { AccountBody, AccountDetail, AccountRow, ProviderDetail, ProviderRow } from './account-api.ts';
import { accountDetail, accountRow, accountRows, findAccount } from './account-row.ts';
import { jsonRoute } from './route.ts';
import { type RunSource, workOf } from './run-source.ts';
import { signInForm } from './sign-in-form.ts';

/** Of what takes a secret. */
export const bodyLimit = 65_536;
/** How long a check may take in all. */
export const checkMs = 120_000;

/** A saved account by its id, or by its name. */
export const AccountPath = z.object({ id: z.string().min(1).max(100) });
const ProviderPath = z.object({ id: z.string().regex(/^[a-z][a-z0-9_]*$/, 'is no provider') });

export function accountRoutes(app: FastifyInstance, source: RunSource): void {
  const { store, now, stopping } = source;
  const clock = { ...systemClock, now };

  jsonRoute(
    app,
    'GET',
    '/providers',
    {
      id: 'listProviders',
      summary: 'Clouds that can be connected, and what of them can be measured.',
      replies: { data: z.array(ProviderRow).readonly() },
    },
    async () => ({
      data: (await knownTypes()).map(({ provider, types }) => ({
        id: provider,
        types: types.map(({ id, label }) => ({ id, label })),
      })),
    }),
  );

  jsonRoute(
    app,
    'GET',
    '/providers/:id',
    {
      id: 'getProvider',
      summary: 'The ways into a cloud, and the permissions that reading it takes.',
      params: ProviderPath,
      replies: { data: ProviderDetail },
    },
    async ({ params: { id } }) => {
      const known = knownProviders().find((each) => each.id === id);
      if (known === undefined) throw new CollectError('not_found', 'there is no such provider', { where: id });
      const { name, types, permissions, roleSetup } = await known.load();
      const schema = await known.signIn.schema?.();
      return {
        data: {
          id,
          name,
          types: types.map((type) => ({ id: type.id, label: type.label })),
          form: schema === undefined ? null : signInForm(schema, known.signIn.recommended),
          permissions,
          has_role: roleSetup !== undefined,
        },
      };
    },
  );

  jsonRoute(
    app,
    'GET',
    '/accounts',
    {
      id: 'listAccounts',
      summary: 'Saved accounts, by name; never their secrets.',
      replies: { data: z.array(AccountRow).readonly() },
    },
    async () => ({ data: await accountRows(source) }),
  );

  jsonRoute(
    app,
    'GET',
    '/accounts/:id',
    {
      id: 'getAccount',
      summary:
        'An account by its id or name: how it gets in, who gave it its secret and until when that is good, its runs.',
      params: AccountPath,
      replies: { data: AccountDetail },
    },
    async ({ params: { id } }) => ({ data: await accountDetail(await findAccount(store, id), source) }),
  );

  jsonRoute(
    app,
    'POST',
    '/accounts',
    {
      id: 'addAccount',
      audit: 'account.add',
      summary: 'Sign in to a cloud, and keep what that took, sealed. Nothing is kept where it does not let us in.',
      body: AccountBody,
      bodyLimit,
      replies: { data: AccountRow, status: 201 },
    },
    async ({ body: { provider: id, name, secret: given, regions = [] }, request }) => {
      const { vault, signal: shutting } = workOf(source);
      const provider = await loadProvider(id);
      const secret = provider.parseSecret(given);
      const signal = AbortSignal.any([stopping, shutting, AbortSignal.timeout(checkMs)]);
      const { connection } = await connect(
        { name: id, provider, secret, regions },
        { ledger: new Ledger(), signal, clock },
      );
      connection.close();
      const account = connection.principal;
      const draft = { provider: id, account, name: name ?? defaultName(id, account), regions };
      const added = await addAccount(store, vault.key, draft, secret, now());
      request.audited = [{ target: added.name, outcome: 'ok' }];
      await keepExpiry(store, added.id, await expiryOf({ provider, secret }, clock, signal));
      return { data: await accountRow(added, source) };
    },
  );

  jsonRoute(
    app,
    'DELETE',
    '/accounts/:id',
    {
      id: 'removeAccount',
      audit: 'account.remove',
      summary: 'Forget an account and its secret; its inventory stays.',
      params: AccountPath,
      replies: { data: AccountRow },
    },
    async ({ params, request }) => {
      const account = await findAccount(store, params.id);
      const data = await accountRow(account, source);
      const [open] = await store.tasks.open({ sources: [account.name] });
      if (open !== undefined) {
        throw new CollectError('conflict', `run ${open.job} is reading this account now`, {
          where: account.name,
          fix: `wait for it, or stop it: fleetgauge job cancel ${open.job}`,
        });
      }
      await store.accounts.remove(account.id);
      request.audited = [{ target: account.name, outcome: 'ok' }];
      return { data };
    },
  );
}
