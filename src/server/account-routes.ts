import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { systemClock } from '#collect/clock.ts';
import { Ledger } from '#collect/ledger.ts';
import { checkAccess } from '#jobs/check-access.ts';
import { RunOptions } from '#jobs/options.ts';
import { savedTarget } from '#jobs/saved-targets.ts';
import { connect, type Target } from '#jobs/targets.ts';
import { CollectError } from '#model/errors.ts';
import { addAccount, openSecret } from '#platform/secret/accounts.ts';
import { knownProviders, knownTypes, loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import type { Job } from '#store/jobs.ts';
import { accessReply } from './access-reply.ts';
import { AccessReply, AccountBody, AccountRow, ProviderDetail, ProviderRow, TestBody } from './account-api.ts';
import { IdPath } from './input.ts';
import { isoTime } from './iso-time.ts';
import { jsonRoute } from './route.ts';
import { type RunSource, workOf } from './run-source.ts';
import { signInForm } from './sign-in-form.ts';

const bodyLimit = 65_536;
/** In which the last run of an account is looked for. */
const recentJobs = 50;
/** How long a check may take in all. */
const checkMs = 120_000;

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
      const { name, types, permissions } = await known.load();
      const schema = known.signIn.schema?.();
      return {
        data: {
          id,
          name,
          types: types.map((type) => ({ id: type.id, label: type.label })),
          form: schema === undefined ? null : signInForm(schema),
          permissions,
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
    async () => {
      const jobs = await store.jobs.list({ limit: recentJobs });
      const accounts = await store.accounts.list();
      return { data: await Promise.all(accounts.map((account) => accountRow(account, jobs, source))) };
    },
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
    async ({ body: { provider: id, name, secret: given, regions = [] } }) => {
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
      const draft = { provider: id, account, name: name ?? `${id}-${account}`, regions };
      const added = await addAccount(store, vault.key, draft, secret, now());
      return { data: await accountRow(added, [], source) };
    },
  );

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
      const { vault, paceOf, signal: shutting } = workOf(source);
      const signal = AbortSignal.any([stopping, shutting, AbortSignal.timeout(checkMs)]);
      if ('secret' in body) {
        const provider = await loadProvider(body.provider);
        const secret = provider.parseSecret(body.secret);
        const target: Target = { name: provider.id, provider, secret, regions: body.regions ?? [] };
        return { data: accessReply(await checkAccess(target, { signal, clock, paceOf }), provider) };
      }
      const account = await store.accounts.get(body.account);
      const target = await savedTarget(vault, account, []);
      const reply = accessReply(await checkAccess(target, { signal, clock, paceOf }), target.provider);
      const error = reply.error ?? reply.checks.find((check) => check.error !== null)?.error;
      await store.accounts.updateStatus(
        account.id,
        error ? { state: 'FAILED', at: now(), error } : { state: 'OK', at: now() },
      );
      return { data: reply };
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
      params: IdPath,
      replies: { data: AccountRow },
    },
    async ({ params: { id } }) => {
      const account = await store.accounts.get(id);
      const data = await accountRow(account, [], source);
      const [open] = await store.tasks.open({ sources: [account.name] });
      if (open !== undefined) {
        throw new CollectError('conflict', `run ${open.job} is reading this account now`, {
          where: account.name,
          fix: `wait for it, or stop it: fleetgauge job cancel ${open.job}`,
        });
      }
      await store.accounts.remove(id);
      return { data };
    },
  );
}

async function accountRow(account: Account, jobs: readonly Job[], source: RunSource): Promise<AccountRow> {
  const { id, provider, name, regions, createdAt, lastUsedAt, status } = account;
  return {
    id,
    provider,
    account: account.account,
    name,
    regions,
    key_hint: (await keyHint(account, source)) ?? null,
    created_at: isoTime(createdAt),
    last_used_at: lastUsedAt === undefined ? null : isoTime(lastUsedAt),
    last_job: jobs.find((job) => reads(job, account))?.id ?? null,
    status: {
      state: status.state,
      at: status.state === 'UNKNOWN' ? null : isoTime(status.at),
      error: status.state === 'FAILED' ? status.error : null,
    },
  };
}

/** A secret that cannot be opened has no hint; reading it says why. */
async function keyHint(account: Account, { store, work }: RunSource): Promise<string | undefined> {
  if (work === undefined) return undefined;
  try {
    const provider = await loadProvider(account.provider);
    return provider.keyHint?.(provider.parseSecret(await openSecret(store, work.vault.key, account)));
  } catch {
    return undefined;
  }
}

/** A run of all accounts reads those that there were when it began; one of some servers reads none. */
function reads(job: Job, { name, createdAt }: Account): boolean {
  const options = RunOptions.safeParse(job.options);
  if (!options.success || job.startedAt < createdAt) return false;
  const { accounts, servers } = options.data;
  if (servers !== undefined) return false;
  return accounts.length === 0 || accounts.includes(name);
}
