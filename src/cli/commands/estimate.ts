import type { Command } from 'commander';
import { Ledger } from '#collect/ledger.ts';
import type { QuotaShare } from '#collect/tightest-quota.ts';
import { type PlannedRegion, planRun, refuseUnread } from '#jobs/plan-run.ts';
import { selectionOf } from '#jobs/selection.ts';
import { storedDays } from '#jobs/stored-days.ts';
import { closeAll, connectAll, type Target, typesOf } from '#jobs/targets.ts';
import { CollectError, type ErrorReport, reportOf } from '#model/errors.ts';
import { type Cost, noCost } from '#model/fleet.ts';
import type { Price } from '#model/provider.ts';
import { refusalOf } from '#platform/budget/guard.ts';
import { monthStanding } from '#platform/budget/month.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import { describeBudget } from '../describe-budget.ts';
import { describePlan } from '../describe-plan.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatCount, formatUsd } from '../format.ts';
import { formatPrice } from '../format-price.ts';
import { onInterrupt } from '../interrupt.ts';
import { type Data, dataPlace, openData } from '../open-data.ts';
import { addRowOptions, type RowFlags, write } from '../output.ts';
import { parseUsd } from '../parse-usd.ts';
import { addProviderCommands, type GivenAccess } from '../provider-commands.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import type { RemoteFleet } from '../remote/fleet.ts';
import { addFilter, addRunFlags, type RunFlags, runOptionsFrom, wantedFrom } from '../run-flags.ts';
import { withUsual } from '../saved-run.ts';
import { note } from '../say.ts';
import type { Column } from '../table.ts';

interface EstimateFlags extends RunFlags, RowFlags {
  readonly failOver?: number;
}

export function addEstimateCommand(program: Command): void {
  const all = program.command('estimate');
  addFilter(addEstimateFlags(all)).action((flags: EstimateFlags) => estimate(undefined, flags, all));
  addProviderCommands(all, (command, access) => {
    addEstimateFlags(command.description('the same for an account that is given by flags; nothing is saved')).action(
      (flags: EstimateFlags) => estimate(access, flags, command),
    );
  });
}

function addEstimateFlags(command: Command): Command {
  return addRowOptions(addRunFlags(command)).option(
    '--fail-over <usd>',
    'end with 5 where the plan could cost more',
    parseUsd,
  );
}

/** A region that has something to read, or that cannot be read. */
interface Row {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly servers: number;
  readonly cost: Cost;
  readonly seconds: number;
  readonly error?: ErrorReport;
}

const columns: Column<Row>[] = [
  { title: 'PROVIDER', value: ({ provider }) => provider },
  { title: 'ACCOUNT', value: ({ account }) => account },
  { title: 'REGION', value: ({ region }) => region },
  amount('SERVERS', ({ servers }) => formatCount(servers)),
  amount('CALLS', ({ cost }) => formatCount(cost.calls)),
  amount('METRICS', ({ cost }) => formatCount(cost.metrics)),
  amount('USD', ({ cost }) => formatUsd(cost.usd)),
  amount('AT MOST', ({ cost }) => formatUsd(cost.usdAtMost)),
  amount('SECONDS', ({ seconds }) => seconds.toFixed(1)),
];

/** Plain numbers, for programs. */
const csvColumns: Column<Row>[] = [
  { title: 'provider', value: ({ provider }) => provider },
  { title: 'account', value: ({ account }) => account },
  { title: 'region', value: ({ region }) => region },
  { title: 'servers', value: ({ servers }) => String(servers) },
  { title: 'calls', value: ({ cost }) => String(cost.calls) },
  { title: 'metrics', value: ({ cost }) => String(cost.metrics) },
  { title: 'usd', value: ({ cost }) => String(cost.usd) },
  { title: 'usd_at_most', value: ({ cost }) => String(cost.usdAtMost) },
  { title: 'seconds', value: ({ seconds }) => String(seconds) },
  { title: 'error', value: ({ error }) => error?.message ?? '' },
];

function amount(title: string, of: (row: Row) => string): Column<Row> {
  return { title, alignRight: true, value: (row) => (row.error === undefined ? of(row) : '–') };
}

async function estimate(access: GivenAccess | undefined, flags: EstimateFlags, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) return estimateElsewhere(remote, flags);
  // What is given by flags is held against nothing that is stored, as by `scan`.
  await using data = access === undefined ? await openData(dataPlace(command)) : undefined;
  using interrupt = onInterrupt(note);
  const doors = access === undefined ? await savedDoors(data) : [await givenDoor(access)];
  const wantedFlags = data === undefined ? flags : await withUsual(data.store, flags);
  const options = runOptionsFrom(wantedFlags, [...new Set(doors.map(({ provider }) => provider))]);
  const { regions } = options;
  const targets = doors.map((door) => ({ ...door, regions: regions.length > 0 ? regions : door.regions }));
  const selection = data && (await selectionOf(data.store.inventory, options, typesOf(targets)));
  const wanted = { ...wantedFrom(options, Date.now()), selection };
  const known = data === undefined ? async () => new Map() : storedDays(data.store, wanted.window);
  const connected = await connectAll(targets, { ledger: new Ledger(), signal: interrupt.stopping });
  try {
    const plan = await planRun(connected, wanted, known, interrupt.stopping);
    refuseUnread(plan);
    const prices = pricesOf(targets);
    const rows = plan.regions.map(rowOf).filter(({ servers, error }) => servers > 0 || error !== undefined);
    await tell(flags, {
      rows,
      about: { cost: plan.cost, seconds: plan.seconds, quota: plan.quota ?? null, prices },
      plan: describePlan(plan),
      budget: data === undefined ? [] : await describeStanding(data, plan.cost),
    });
  } finally {
    closeAll(connected);
  }
}

async function estimateElsewhere(remote: RemoteFleet, flags: EstimateFlags): Promise<void> {
  const { describeBudgetReply, describePlanReply, runBody } = await import('../remote/plan.ts');
  const { costOf } = await import('../remote/rows.ts');
  const body = runBody({ ...flags, account: [] });
  const { data: plan, demo } = await remote.plan(body);
  const { places, prices, seconds, quota } = plan;
  const rows = places.map(
    ({ error, ...place }): Row => ({ ...place, cost: costOf(place.cost), ...(error === null ? {} : { error }) }),
  );
  await tell(flags, {
    rows,
    about: { cost: costOf(plan.cost), seconds, quota, prices, demo },
    plan: describePlanReply(plan, body),
    budget: [describeBudgetReply(plan), ...whyNot(plan.budget.refusal ?? undefined)],
  });
}

interface Estimate {
  readonly rows: readonly Row[];
  readonly about: {
    readonly cost: Cost;
    readonly seconds: number;
    readonly quota: QuotaShare | null;
    readonly prices: readonly (Price & { readonly provider: string })[];
    readonly demo?: boolean;
  };
  readonly plan: string;
  readonly budget: readonly string[];
}

/** @throws CollectError `budget_exceeded` where it could cost more than `--fail-over` */
async function tell(flags: EstimateFlags, { rows, about, plan, budget }: Estimate): Promise<void> {
  // The filter is of servers, and not of these rows.
  const { filter: _, ...rowFlags } = flags;
  await write({ flags: rowFlags, rows, columns, csvColumns, meta: about });
  for (const line of [plan, ...budget]) note(line);
  for (const price of about.prices) note(`Price  ${price.provider}: ${formatPrice(price)}`);
  holdTo(flags, about.cost);
  process.exitCode = exitCodeFor(rows);
}

/** @throws CollectError `budget_exceeded` */
function holdTo({ failOver }: EstimateFlags, { usdAtMost }: Cost): void {
  if (failOver === undefined || usdAtMost <= failOver) return;
  throw new CollectError(
    'budget_exceeded',
    `the plan could cost ${formatUsd(usdAtMost)}, which is above --fail-over ${failOver}`,
  );
}

/** What the month has cost, and why the run would not begin, where it would not. */
async function describeStanding({ store }: Data, cost: Cost): Promise<readonly string[]> {
  const standing = await monthStanding(store, Date.now());
  return [describeBudget(standing), ...whyNot(refusalOf(cost, standing))];
}

function whyNot(refusal: { readonly message: string } | undefined): readonly string[] {
  return refusal === undefined ? [] : [`       It would not begin: ${refusal.message}`];
}

function rowOf({ target, account, region, outcome }: PlannedRegion): Row {
  const place = { provider: target.provider.id, account, region };
  if ('error' in outcome) return { ...place, servers: 0, cost: noCost, seconds: 0, error: reportOf(outcome.error) };
  const { servers, cost, seconds } = outcome.estimate;
  return { ...place, servers, cost, seconds };
}

function exitCodeFor(rows: readonly Row[]): number {
  const refused = rows.filter(({ error }) => error !== undefined);
  if (refused.length === 0) return exitCodes.ok;
  return refused.length < rows.length ? exitCodes.partial : exitCodes.failed;
}

function pricesOf(targets: readonly Target[]) {
  const providers = new Set(targets.map(({ provider }) => provider));
  return [...providers].flatMap(({ id, prices }) => prices.map((price) => ({ provider: id, ...price })));
}

async function givenDoor({ providerId, secret }: GivenAccess): Promise<Target> {
  const provider = await loadProvider(providerId);
  return { name: provider.id, provider, secret: provider.parseSecret(await secret()), regions: [] };
}

/** @throws CollectError `not_found` where no account is saved */
async function savedDoors(data: Data | undefined): Promise<Target[]> {
  const accounts = (await data?.store.accounts.list()) ?? [];
  if (data === undefined || accounts.length === 0) {
    throw new CollectError('not_found', 'no account is saved', {
      fix: 'give one by flags: fleetgauge estimate aws --profile <name>',
    });
  }
  return Promise.all(
    accounts.map(async (account) => {
      const provider = await loadProvider(account.provider);
      const secret = provider.parseSecret(await openSecret(data.store, data.key, account));
      return { name: account.name, provider, secret, regions: account.regions };
    }),
  );
}
