import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { decide, type Resolution } from '#platform/rightsizing/decide.ts';
import { readPolicy, writePolicy } from '#platform/rightsizing/policy.ts';
import { type ReviewContext, reviewRecords, reviewServers, serversOf } from '#platform/rightsizing/review.ts';
import { policyRow, type ReviewRow, reviewDetail, reviewRow, tallyRow } from '#platform/rightsizing/review-row.ts';
import { type Counted, type Tally, tally } from '#platform/rightsizing/tally.ts';
import { knownTypes } from '#providers/registry.ts';
import { type Policy, PolicySchema, type PresetName, presetNames, presets } from '#rightsizing/policy.ts';
import { type VerdictClass, verdictClasses } from '#rightsizing/verdict.ts';
import { conditionOfText } from '#store/query/text.ts';
import { type DecisionState, decisionStates } from '#store/rightsizing.ts';
import type { Store } from '#store/store.ts';
import type { PolicyReply } from '../../server/rightsizing-api.ts';
import { exitCodes } from '../exit-codes.ts';
import { findServer } from '../find-server.ts';
import { type Finding, parseFinding } from '../finding.ts';
import { type Data, dataPlace, openData } from '../open-data.ts';
import {
  addDocumentOptions,
  addRowOptions,
  type DocumentFlags,
  type RowFlags,
  showsAgain,
  type WatchFlags,
  write,
  writeDocument,
} from '../output.ts';
import { parseLimit } from '../parse-limit.ts';
import { parseUsd } from '../parse-usd.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import type { RemoteFleet } from '../remote/fleet.ts';
import {
  describePolicy,
  describeReview,
  describeTally,
  rightsizingColumns,
  rightsizingCsvColumns,
} from '../rightsizing-text.ts';
import { note } from '../say.ts';

interface ListFlags extends RowFlags, WatchFlags {
  readonly failOn?: Finding;
  readonly class?: VerdictClass;
  readonly state?: DecisionState;
  readonly filter?: string;
  /** USD a month. */
  readonly minSaving?: number;
  readonly limit: number;
}

export function addRightsizingCommand(program: Command): void {
  const rightsizing = program.command('rightsizing');
  const list = addRowOptions(rightsizing.command('list'))
    .description('verdicts, those that save most first')
    .addOption(new Option('--class <class>').choices([...verdictClasses]))
    .addOption(new Option('--state <state>').choices([...decisionStates]))
    .option('--filter <query>', "such as 'provider:aws tag.env:prod -account:sandbox'")
    .option('--min-saving <usd>', 'only what saves at least so much a month', parseUsd)
    .option('--limit <n>', 'at most so many; 0 for all', parseLimit, 50)
    .option(
      '--fail-on <finding>',
      'end with 6 where there are more servers of a class than that: idle>0',
      parseFinding,
    );
  showsAgain(list, listReviews);

  const show = rightsizing
    .command('show')
    .description('the verdict on one server, and the days that it was made of')
    .argument('<server>', 'its name or resource id');
  addDocumentOptions(show, 'all of it, with the points of each day').action((name: string, flags: DocumentFlags) =>
    showReview(name, flags, show),
  );

  const accept = decisionCommand(rightsizing, 'accept', 'it is to be done; a later run that sees it done verifies it');
  accept
    .option('--note <text>')
    .action((names: string[], { note }: { note?: string }) =>
      decideOn(names, { state: 'accepted', ...noteOf(note) }, accept),
    );
  const snooze = decisionCommand(rightsizing, 'snooze', 'not now');
  snooze
    .requiredOption('--days <n>', 'ask again after so many', parseDays)
    .option('--note <text>')
    .action((names: string[], { days, note }: { days: number; note?: string }) =>
      decideOn(names, { state: 'snoozed', until: Date.now() + days * 86_400_000, ...noteOf(note) }, snooze),
    );
  const dismiss = decisionCommand(
    rightsizing,
    'dismiss',
    'it is not to be done, as long as the verdict stays the same',
  );
  dismiss
    .requiredOption('--reason <text>')
    .action((names: string[], { reason }: { reason: string }) =>
      decideOn(names, { state: 'dismissed', note: reason }, dismiss),
    );
  const reopen = decisionCommand(rightsizing, 'reopen', 'takes back what was decided');
  reopen.action((names: string[]) => decideOn(names, { state: 'open' }, reopen));

  addPolicyCommand(rightsizing);
}

function decisionCommand(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).argument('<server...>', 'names or resource ids');
}

const noteOf = (note: string | undefined) => (note === undefined ? {} : { note });

async function contextOf({ store }: Data): Promise<ReviewContext> {
  return { store, policy: await readPolicy(store.settings), types: await knownTypes(), now: Date.now() };
}

async function listReviews(flags: ListFlags, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) return listRemote(remote, flags);
  await using data = await openData(dataPlace(command));
  const context = await contextOf(data);
  const filter = flags.filter === undefined ? {} : { condition: conditionOfText(flags.filter) };
  const best = new Best(flags, context.policy.lookBackDays);
  const found = await tally(
    (async function* () {
      for await (const page of reviewServers(context, filter)) {
        for (const review of page) if (best.wants(review)) best.offer(reviewRow(review));
        yield page;
      }
    })(),
  );
  await tell(flags, best, found, { policy: policyRow(context.policy), store: data.store });
}

async function listRemote(remote: RemoteFleet, flags: ListFlags): Promise<void> {
  const policy = await remote.policy();
  const best = new Best(flags, policy.look_back_days);
  let demo = false;
  const found = await tally(
    (async function* () {
      for await (const { data: rows, meta } of remote.reviews({ q: flags.filter })) {
        ({ demo } = meta);
        const counted: Counted[] = [];
        for (const row of rows) {
          const review = { state: row.state, verdict: row };
          if (best.wants(review)) best.offer(row);
          counted.push(review);
        }
        yield counted;
      }
    })(),
  );
  await tell(flags, best, found, { policy, demo });
}

interface Source {
  readonly policy: PolicyReply;
  readonly store?: Store;
  readonly demo?: boolean;
}

async function tell(flags: ListFlags, best: Best, found: Tally, { policy, store, demo }: Source): Promise<void> {
  await write({
    flags: { output: flags.output, ...(flags.fields === undefined ? {} : { fields: flags.fields }) },
    ...(store === undefined ? {} : { store }),
    rows: best.rows(),
    columns: rightsizingColumns,
    csvColumns: rightsizingCsvColumns,
    meta: { total: best.added, ...tallyRow(found), policy, ...(demo === undefined ? {} : { demo }) },
  });
  note(`${describeTally(found, { lookBackDays: policy.look_back_days })}`);
  if (flags.failOn?.isMet(found)) {
    note(`${flags.failOn.text} is met.`);
    process.exitCode = exitCodes.findings;
  }
}

const daysOfMonth = 365 / 12;

/** The rows that save most, of however many there are. */
class Best {
  #rows: ReviewRow[] = [];
  readonly #limit: number;
  readonly #flags: Pick<ListFlags, 'class' | 'state'>;
  /** USD of the days that were looked at. */
  readonly #least: number;
  added = 0;

  constructor(
    { limit, minSaving, ...flags }: Pick<ListFlags, 'class' | 'state' | 'minSaving' | 'limit'>,
    lookBackDays: number,
  ) {
    this.#limit = limit === 0 ? Number.POSITIVE_INFINITY : limit;
    this.#flags = flags;
    this.#least = minSaving === undefined ? Number.NEGATIVE_INFINITY : (minSaving * lookBackDays) / daysOfMonth;
  }

  wants({ verdict, state: found }: Counted): boolean {
    const { class: name = verdict.class, state = found } = this.#flags;
    return name === verdict.class && state === found;
  }

  offer(row: ReviewRow): void {
    if (worth(row) < this.#least) return;
    this.added++;
    this.#rows.push(row);
    if (this.#rows.length > this.#limit * 4) this.#rows = this.rows();
  }

  rows(): ReviewRow[] {
    return this.#rows.sort((a, b) => worth(b) - worth(a) || a.id - b.id).slice(0, this.#limit);
  }
}

/** What saves nothing that is known comes after what does, and before what costs more. */
function worth({ savings }: ReviewRow): number {
  return savings?.usd ?? 0;
}

async function showReview(name: string, flags: DocumentFlags, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) {
    const { data: detail, demo } = await remote.review(name);
    return writeDocument(flags, { data: detail, text: () => describeReview(detail), demo });
  }
  await using data = await openData(dataPlace(command));
  const context = await contextOf(data);
  const stored = await findServer(data.store, name, serversOf(context.types));
  const reviews = await reviewRecords(context, [stored]);
  for (const review of reviews) {
    const detail = await reviewDetail(context, review);
    await writeDocument(flags, { data: detail, text: () => describeReview(detail), store: data.store });
  }
}

async function decideOn(names: readonly string[], resolution: Resolution, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const context = await contextOf(data);
  const ids: number[] = [];
  for (const name of names) ids.push((await findServer(data.store, name, serversOf(context.types))).id);
  const reviews = await decide(context, ids, resolution, userInfo().username);
  for (const { stored, state } of reviews) note(`${stored.record.name}: ${state}`);
}

function addPolicyCommand(parent: Command): void {
  const number = (key: keyof Policy) => (text: string) => {
    const parsed = PolicySchema.shape[key].safeParse(text.trim() === '' ? undefined : Number(text));
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
  };
  const policy = parent
    .command('policy')
    .description('what verdicts are made by; shows it, or chooses another one for all who share the store')
    .argument('[name]', presetNames.join(', '), parsePreset)
    .option('--look-back-days <n>', 'whole days that are looked at', number('lookBackDays'))
    .option('--percentile <part>', '0.95, or 1 for the maximum', number('percentile'))
    .option('--cpu-headroom <part>', 'stays free on a size that fits: 0.2', number('cpuHeadroom'))
    .option('--memory-headroom <part>', 'the same of memory', number('memoryHeadroom'))
    .option('--minimum-coverage <part>', 'measured part below which nothing is said', number('minimumCoverage'))
    .option('--idle-cpu-percent <n>', 'idle below this', number('idleCpuPercent'))
    .option('--idle-network-bytes-per-second <n>', 'and below this', number('idleNetworkBytesPerSecond'));
  addDocumentOptions(policy, 'as the HTTP API says it');
  policy.action((name: PresetName | undefined, { output, json, ...parts }: Partial<Policy> & DocumentFlags) =>
    setPolicy(name, parts, { output, ...(json === undefined ? {} : { json }) }, policy),
  );
}

async function setPolicy(
  name: PresetName | undefined,
  parts: Partial<Policy>,
  flags: DocumentFlags,
  command: Command,
): Promise<void> {
  await using data = await openData(dataPlace(command));
  const { settings } = data.store;
  const chosen = { ...(name === undefined ? await readPolicy(settings) : presets[name]), ...parts };
  if (name !== undefined || Object.keys(parts).length > 0) await writePolicy(settings, chosen);
  await writeDocument(flags, { data: policyRow(chosen), text: () => describePolicy(chosen), store: data.store });
}

function parsePreset(text: string): PresetName {
  const name = presetNames.find((each) => each === text);
  if (name !== undefined) return name;
  throw new InvalidArgumentError(`It has to be one of ${presetNames.join(', ')}.`);
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1) throw new InvalidArgumentError('It has to be 1 or more.');
  return days;
}
