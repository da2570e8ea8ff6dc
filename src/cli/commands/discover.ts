import type { Command } from 'commander';
import { Ledger } from '#collect/ledger.ts';
import { mapConcurrent } from '#collect/map-concurrent.ts';
import { savedAccounts, savedTarget } from '#jobs/saved-targets.ts';
import { closeAll, connectAll } from '#jobs/targets.ts';
import { CollectError, type ErrorReport, reportOf } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { knownTypes, loadProvider } from '#providers/registry.ts';
import type { InventoryStore } from '#store/inventory.ts';
import { absentState } from '#store/inventory.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatCount } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, write } from '../output.ts';
import { collectEach } from '../parse-list.ts';
import { note } from '../say.ts';
import type { Column } from '../table.ts';

interface DiscoverFlags extends ListFlags {
  readonly account: string[];
}

/** A region that has servers, had some, or cannot be looked into. */
interface Row {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly servers: number;
  /** Ids. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly changed: readonly string[];
  readonly error?: ErrorReport;
}

const columns: Column<Row>[] = [
  { title: 'PROVIDER', value: ({ provider }) => provider },
  { title: 'ACCOUNT', value: ({ account }) => account },
  { title: 'REGION', value: ({ region }) => region },
  count('SERVERS', ({ servers }) => servers),
  count('NEW', ({ added }) => added.length),
  count('GONE', ({ gone }) => gone.length),
  count('CHANGED', ({ changed }) => changed.length),
];

function count(title: string, of: (row: Row) => number): Column<Row> {
  const raw = (row: Row) => (row.error === undefined ? of(row) : undefined);
  return { title, alignRight: true, raw, value: (row) => raw(row)?.toString() ?? '–' };
}

const regionsAtOnce = 12;
const pageSize = 1000;

export function addDiscoverCommand(program: Command): void {
  const command = program
    .command('discover')
    .option('--account <name>', 'a saved account; may be given again. All of them where absent', collectEach, []);
  listsRows(command, discover);
}

/** Looks and compares; what it finds is not stored, as nothing of it is measured. */
async function discover(flags: DiscoverFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  using interrupt = onInterrupt(note);
  const { stopping } = interrupt;
  const accounts = await savedAccounts(data.store, flags.account);
  if (accounts.length === 0) {
    throw new CollectError('not_found', 'no account is saved', { fix: 'fleetgauge account add aws --profile <name>' });
  }
  const vault = { ...data, loadProvider, now: Date.now };
  const targets = await Promise.all(accounts.map((account) => savedTarget(vault, account, [])));
  const connected = await connectAll(targets, { ledger: new Ledger(), signal: stopping });
  try {
    const refused = connected.flatMap(({ target, outcome }) =>
      'error' in outcome ? [refusedRow(target.provider.id, target.name, '*', outcome.error)] : [],
    );
    const opened = connected.flatMap(({ target, outcome }) =>
      'error' in outcome ? [] : outcome.accounts.map((access) => ({ provider: target.provider.id, ...access })),
    );
    const places = opened.flatMap(({ regions, ...rest }) =>
      'error' in regions ? [] : regions.map((region) => ({ ...rest, region })),
    );
    const closed = opened.flatMap(({ provider, fleet, regions }) =>
      'error' in regions ? [refusedRow(provider, fleet.account, '*', regions.error)] : [],
    );
    const looked = await Array.fromAsync(
      mapConcurrent(places, regionsAtOnce, async ({ provider, fleet, region, selects }): Promise<Row> => {
        try {
          const found = await serversIn(fleet, region, stopping);
          return {
            provider,
            account: fleet.account,
            region,
            ...(await differences(data.store.inventory, found.filter(selects), {
              provider,
              account: fleet.account,
              region,
            })),
          };
        } catch (caught) {
          return refusedRow(provider, fleet.account, region, CollectError.from(caught));
        }
      }),
    );
    if (stopping.aborted) throw new CollectError('cancelled', 'stopped while looking');
    const rows = [...refused, ...closed, ...looked]
      .filter(({ servers, gone, error }) => servers > 0 || gone.length > 0 || error !== undefined)
      .toSorted((a, b) => `${a.account} ${a.region}`.localeCompare(`${b.account} ${b.region}`));
    const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
    const change = {
      servers: sum(({ servers }) => servers),
      added: sum(({ added }) => added.length),
      gone: sum(({ gone }) => gone.length),
      changed: sum(({ changed }) => changed.length),
    };
    const errors = rows.flatMap(({ account, region, error }) =>
      error ? [`${account} ${region} ${error.message}`] : [],
    );
    await write({ flags, rows, columns, store: data.store, meta: { change, warnings: errors } });
    note(
      `${formatCount(change.servers)} servers · +${change.added} −${change.gone} ~${change.changed} against the inventory`,
    );
    if (errors.length > 0) process.exitCode = errors.length < rows.length ? exitCodes.partial : exitCodes.failed;
  } finally {
    closeAll(connected);
  }
}

function refusedRow(provider: string, account: string, region: string, error: CollectError): Row {
  return { provider, account, region, servers: 0, added: [], gone: [], changed: [], error: reportOf(error) };
}

async function serversIn(fleet: Fleet, region: string, signal: AbortSignal): Promise<Resource[]> {
  const found: Resource[] = [];
  for await (const page of fleet.resources(region, [serverType], signal)) found.push(...page);
  return found;
}

interface RegionPlace {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
}

/** What the inventory has of it: servers alone, and those that are not known to be gone. */
async function differences(inventory: InventoryStore, found: readonly Resource[], place: RegionPlace) {
  const stored = new Map<string, string>();
  const filter = { ...place, condition: conditionOfType(serverType, await knownTypes()) };
  let after: string | undefined;
  do {
    const page = await inventory.list({ filter, limit: pageSize, ...(after === undefined ? {} : { after }) });
    for (const { record, absentSince } of page.rows) {
      const { data, name, instance_type: type, reference } = record;
      const state = data.compute?.instance_state ?? '';
      if (absentSince !== undefined || state === absentState) continue;
      stored.set(reference.resource_id, `${name} ${type} ${state}`);
    }
    ({ next: after } = { next: undefined, ...page });
  } while (after !== undefined);
  const ids = new Set(found.map(({ id }) => id));
  return {
    servers: found.length,
    added: found.flatMap(({ id }) => (stored.has(id) ? [] : [id])),
    gone: [...stored.keys()].filter((id) => !ids.has(id)),
    changed: found.flatMap(({ id, name, instanceType, state }) => {
      const before = stored.get(id);
      return before === undefined || before === `${name} ${instanceType} ${state}` ? [] : [id];
    }),
  };
}
